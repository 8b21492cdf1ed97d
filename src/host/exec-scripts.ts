/** Notes the number of the process, which leads a session of its own, before it becomes the program. */
export const NOTE_PID = ['sh', '-c', 'echo $$ >"$0" && exec "$@"'];

/** Sends a signal to the group of a noted process, waits until the group is gone, and forces it after 5 s. */
export const END_GROUP = `
  i=0
  while [ ! -s "$0" ]; do i=$((i+1)); [ $i -gt 100 ] && exit 1; sleep 0.02; done
  read -r p <"$0"
  kill "-$1" "-$p" 2>/dev/null
  i=0
  while kill -0 "-$p" 2>/dev/null; do
    i=$((i+1)); [ $i -eq 250 ] && kill -KILL "-$p"; [ $i -gt 500 ] && exit 1; sleep 0.02
  done`;

/**
 * Prints a file, but no link. Arguments: its path, the longest that is read whole, and of a longer one how much of its
 * beginning and of its end is wanted, empty for nothing.
 */
export const READ_FILE = `
  [ -e "$0" ] || [ -L "$0" ] || exit 66
  if [ -L "$0" ] || [ ! -f "$0" ]; then echo "something else was put in its place" >&2; exit 1; fi
  size=$(stat -c %s -- "$0") || exit 1
  [ "$size" -gt "$1" ] || exec cat -- "$0"
  [ -n "$2" ] || { echo "$size" >&2; exit 67; }
  head -c "$2" -- "$0" && tail -c "$2" -- "$0" && echo "cut $size" >&2`;

/**
 * Removes trees. A function of the restored data can make a directory that even its owner may not look into. Such a
 * directory would stay, so it is opened first. Root does not open it: root can look into it anyway, and a link could lead
 * it elsewhere.
 */
export const REMOVE = `
  [ "$(id -u)" -eq 0 ] || rm -rf --one-file-system -- "$@" 2>/dev/null ||
    find "$@" -xdev -type d ! -perm -700 -exec chmod u+rwx {} \\;
  exec rm -rf --one-file-system -- "$@"`;
