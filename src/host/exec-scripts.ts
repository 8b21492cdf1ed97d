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
 * Writes files of which there is none yet. Arguments: the mode, then the path and the size of each; their contents come one
 * after another. Whatever lies there is removed and not opened: it may be a link. And it does not wait for the end of its
 * input: an engine forgets that one, now and then, when it comes before the program has started (Docker 20.10 on a busy
 * machine). In Perl, since `head -c` may read more of a pipe than it prints.
 */
export const WRITE_FILES = `
  use strict; use Fcntl;
  my $mode = oct shift;
  while (my ($path, $size) = splice @ARGV, 0, 2) {
    unlink $path;
    sysopen(my $file, $path, O_WRONLY | O_CREAT | O_EXCL, 0600) or die "$path: $!\\n";
    while ($size > 0) {
      my $read = sysread(STDIN, my $piece, $size);
      defined $read or die "$path: $!\\n";
      $read > 0 or die "$path: its content did not come\\n";
      print $file $piece or die "$path: $!\\n";
      $size -= $read;
    }
    close $file or die "$path: $!\\n";
    chmod $mode, $path or die "$path: $!\\n";
  }`;

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
