# What is no archive is refused and left as it is.
echo "thư riêng" >letter.txt
mkdir folder
for target in absent.trabao letter.txt folder; do
    trabao remove --quiet --db $target key
    echo "$target: status $?"
done
cat letter.txt
ls -A
