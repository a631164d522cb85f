section() {
  printf '\033[0Ksection_start:%s:%s\r\033[0K\033[1;36m%s\033[0m\n' "$(date +%s)" "$1" "$2"
}
end() {
  printf '\033[0Ksection_end:%s:%s\r\033[0K\n' "$(date +%s)" "$1"
}
section install 'Installing packages'
for package in react router query charts forms i18n; do
  printf '  \033[32m+\033[0m %s\n' "$package"
done
end install
section bundle 'Bundling'
section client 'The client'
printf '  \033[38;5;208mdist/shop.js\033[0m   148.2 KB\n  \033[38;5;208mdist/shop.css\033[0m   21.7 KB\n'
end client
section server 'The server'
printf '  \033[38;2;130;170;255mdist/server.js\033[0m 402.9 KB\n'
end server
sleep 1
end bundle
printf '\033[33mwarning\033[0m: prices.js is used nowhere\n'
printf '\033[1;32mbuilt\033[0m in 1.04 s\n'
mkdir -p dist/report
echo 'console.log("shop")' > dist/shop.js
echo 'body { margin: 0 }' > dist/shop.css
echo '<!doctype html><title>Bundle</title><h1>Bundle</h1><p>shop.js has 148.2 KB, of which react has 44 KB.</p>' > dist/report/index.html
