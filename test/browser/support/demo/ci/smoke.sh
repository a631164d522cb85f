for page in home search product basket checkout; do
  printf 'GET /%s \033[32m200\033[0m\n' "$page"
  sleep "${SMOKE_PAUSE:-0}"
done
