# Words, dates and forms; stdin does as an argument does.
trabao analyze 'TP.HCM ngày 30-4: Hoà bình, tỷ đồng' | tee words
printf 'TP.HCM ngày 30-4: Hoà bình, tỷ đồng' | trabao analyze | cmp words -
trabao analyze --format json 'Hoà bình' | jq -c .
trabao analyze ''
echo "status $?"
