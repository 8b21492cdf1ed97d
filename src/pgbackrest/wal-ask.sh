# ask FILE DESTINATION, for wal-feed.sh
#
# Stands in for the command that fetches a WAL file where the server sees no repository: hands the question to wal-serve.sh,
# which runs beside the server, and says and ends as the command did there.
#
# $dir/asked     a pipe for the question: "FILE DESTINATION"
# $dir/answered  a pipe for the answer: "FILE STATUS"
# $dir/said      what the command said
ask() {
    # The way back is open before the question is asked: once wal-serve.sh is gone, to open it would wait for ever.
    { echo "$1 $2" >&4 && read -r answered answer <&3; } 3<"$dir/answered" 4<>"$dir/asked" || return 254
    # An answer to another question is none.
    [ "$answered" = "$1" ] || return 254
    case $answer in '' | *[!0-9]*) return 254 ;; esac
    [ ! -s "$dir/said" ] || cat "$dir/said" >&2
    return "$answer"
}
