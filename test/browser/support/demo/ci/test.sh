part=${CI_NODE_INDEX:-1}
failed=0
body=''
for name in adds removes counts discounts ships taxes refunds; do
  if [ "$name" = refunds ] && [ "$part" = 2 ] && [ -f broken ]; then
    failed=1
    [ "$LOG_LEVEL" = debug ] && echo "  a discount of 12.5 is not in the basket: [adds, counts]"
    printf '\033[31m✗\033[0m basket %s %s\n' "$part" "$name"
    body="$body<testcase classname=\"basket $part\" name=\"$name\" time=\"0.21\"><failure message=\"expected 0 to be 12.5\">at refund (src/basket.ts:41:9)
expected 0 to be 12.5</failure></testcase>"
  else
    printf '\033[32m✓\033[0m basket %s %s\n' "$part" "$name"
    body="$body<testcase classname=\"basket $part\" name=\"$name\" time=\"0.0$part\"/>"
  fi
done
printf '<testsuites><testsuite name="basket %s" tests="7" failures="%s">%s</testsuite></testsuites>' "$part" "$failed" "$body" > report.xml
sleep 1
echo 'Lines: 87.42%'
exit "$failed"
