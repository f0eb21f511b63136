# A port that is taken is an error with its address, status 74; the first server goes on.
: >log
trabao serve --db "$ARCHIVE" --listen 127.0.0.1:0 2>log &
server=$!
for ((i = 0; i < 100; i++)); do
    address=$(grep -oE '127\.0\.0\.1:[0-9]+' log | head -n 1)
    [ -z "$address" ] || break
    sleep 0.05
done
timeout 10 trabao serve --db "$ARCHIVE" --listen "$address" >out 2>err
echo "status $?: $(tail -n 1 err | sed "s/$address/ADDRESS/g")"
cat out
curl -sf "http://$address/healthz" >/dev/null || echo "the first server does not answer"
kill "$server"
wait "$server"
echo "ended with $?"
