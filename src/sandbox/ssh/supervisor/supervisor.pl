# The supervisor of a drill on a server. pgdrill sends this text over SSH, on standard input, to `perl -e`; nothing is
# installed. It needs perl-base alone, which every Debian and Ubuntu has (tried with perl 5.36 to 5.40).
#
#   start    claims the run's directory, and goes on as a daemon that outlives the connection
#   attach   connects standard input and output with the daemon of a run again
#   sweep    ends what is left of a run, whose pgdrill is gone, and removes it
#
# The daemon starts programs and carries their input and output, all over one stream of frames each way. Each side counts
# what it has received and keeps what the other has not, so a connection that breaks loses nothing: the next one goes on
# where it broke. When nobody has come back within the grace, or the deadline has passed, the daemon ends all programs,
# removes the run's directories and ends.
#
# The frames, their numbers and the limits are those of protocol.ts, which puts them before this text as constants. A
# client that breaks them ends the run as well: nothing that it says is believed any more.
use strict;
use warnings;
use Fcntl ':flock';
use POSIX ();
use Socket;

our $p;    # this text
my %ask;   # what pgdrill asked for
my ($root, $memory, $alive);

my %channels;                   # number => { pid, in, input, ended, out, err, status }
my $client;
my $incoming = '';              # of the stream from pgdrill: what is no whole frame yet
my $received = 0;               # of it, in bytes
# What pgdrill has not confirmed, where that begins, how much of it was sent.
my ($outgoing, $base, $cursor) = ('', 0, 0);
# The channel that was opened last: none is used twice.
my $newest = 0;
# What tells that all was cleaned up, once pgdrill has asked for it.
my $ending;
# When something came from pgdrill last, and when all is to end.
my ($heard, $end);
# What a start that is refused has made so far.
my @undo;

sub asked_line {
    my $line = '';
    while (length $line < MOST_PAYLOAD_TO_SUPERVISOR_BYTES && sysread(STDIN, my $char, 1)) {
        return $line if $char eq "\n";
        $line .= $char;
    }
    exit 0;
}

sub answer {
    my ($word, @rest) = @_;
    s/([^A-Za-z0-9_.\/:-])/sprintf '%%%02X', ord $1/ge for @rest;
    syswrite(STDOUT, join(' ', "pgdrill:$ask{nonce}", $word, @rest) . "\n");
}

sub fault {
    remove(@undo) if @undo;
    answer('fault', @_);
    exit 0;
}

# Without it a client that says nothing would be waited for as long as its connection is open.
alarm REQUEST_SECONDS;
while ((my $line = asked_line()) ne '') {
    my ($key, $value) = split /=/, $line, 2;
    exit 0 if !defined $value || keys %ask > 40;
    $value =~ s/%([0-9A-F]{2})/chr hex $1/ge;
    $ask{$key} = $value;
}
alarm 0;
become_root() if $> != 0 && $ask{sudo} eq 'auto' && !$ask{again};

$ENV{PATH} = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
my $scratch = $ask{scratch} || ($> == 0 ? '/var/lib/pgdrill' : (getpwuid($>))[7] . '/.local/state/pgdrill');
$scratch = canonical($scratch);
$root = "$scratch/$ask{directory}";
$memory = $> == 0 ? "/run/pgdrill/$ask{run}" : "$root/m";

{ start => \&start, attach => sub { bridge() || answer('gone', -e "$root/pgdrill-run.json" ? 'left' : 'clean') }, sweep => \&sweep }
    ->{ $ask{mode} }->();
exit 0;

# The same text again under sudo, where sudo asks for no password. What is still to come on standard input is passed on.
sub become_root {
    return if system('sudo -n true >/dev/null 2>&1 </dev/null') != 0;
    pipe(my $from, my $to) or fault('sandbox-failed', "no pipe: $!");
    my $pid = fork() // fault('sandbox-failed', "cannot fork: $!");
    if ($pid == 0) {
        close $from;
        # Whoever holds these keeps the connection open.
        open(STDOUT, '>', '/dev/null');
        open(STDERR, '>', '/dev/null');
        write_all($to, $p);
        for my $key (sort keys %ask) {
            (my $value = $ask{$key}) =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge;
            write_all($to, "$key=$value\n");
        }
        write_all($to, "again=1\n\n");
        while (sysread(STDIN, my $piece, 65536)) { write_all($to, $piece) }
        POSIX::_exit(0);
    }
    close $to;
    open(STDIN, '<&', $from) or fault('sandbox-failed', "no input: $!");
    exec('sudo', '-n', 'perl', '-e', $ask{boot}) or fault('sandbox-failed', "sudo: $!");
}

sub write_all {
    my ($to, $text) = @_;
    for (my $done = 0; $done < length $text;) {
        $done += syswrite($to, $text, length($text) - $done, $done) // exit 1;
    }
}

sub canonical {
    my ($path) = @_;
    open(my $out, '-|', 'readlink', '-m', '--', $path) or fault('sandbox-failed', "readlink: $!");
    local $/ = undef;
    my $real = <$out> // $path;
    $real =~ s{\n\z}{};
    return $real;
}

sub read_file {
    my ($path) = @_;
    open(my $file, '<', $path) or return;
    local $/ = undef;
    return scalar <$file>;
}

# All of it or, on a disk that is full, nothing.
sub write_file {
    my ($path, $text, $mode) = @_;
    my $file;
    my $made = sysopen($file, "$path.new", POSIX::O_WRONLY() | POSIX::O_CREAT() | POSIX::O_TRUNC(), $mode)
        && (syswrite($file, $text) // -1) == length $text
        && close($file)
        && rename("$path.new", $path);
    return if $made;
    my $why = $!;
    unlink("$path.new");
    fault('scratch-not-writable', "$path cannot be written: $why");
}

sub make_directory {
    my ($path, $mode) = @_;
    return if -d $path;
    (my $parent = $path) =~ s{/[^/]+$}{};
    make_directory($parent, 0755) if $parent ne '';
    mkdir($path) or -d $path or fault('scratch-not-writable', "$path cannot be made: $!");
    chmod($mode, $path);
}

# ---- start

sub start {
    umask 077;
    refuse_unsafe_scratch();
    refuse_foreign_way();
    claim_scratch();
    open(my $lock, '>>', "$scratch/locks/$ask{drill}.lock") or fault('scratch-not-writable', "no lock: $!");
    flock($lock, LOCK_EX | LOCK_NB) or fault('busy', "the drill \"$ask{drill}\" is already running on this server");
    fault('scratch-refused', "the path $memory is too long for a Unix socket") if length($memory) > 107 - length('/own/s/.s.PGSQL.65535');
    fault('scratch-refused', "$root is there and was not made by pgdrill") if -e $root && !-e "$root/pgdrill-run.json";
    @undo = (-e $root ? () : $root, $> == 0 ? $memory : ());
    make_directory($root, 0755);
    write_file("$root/pgdrill-run.json", $ask{marker}, 0600);
    make_directory($memory, 0755);
    open($alive, '+>>', "$root/alive") or fault('scratch-not-writable', "$root/alive: $!");
    flock($alive, LOCK_EX | LOCK_NB) or fault('busy', 'a run is at work in the directory of this one');

    my $listen;
    socket($listen, PF_UNIX, SOCK_STREAM, 0) && bind($listen, pack_sockaddr_un("$memory/sock")) && listen($listen, 8)
        or fault('sandbox-failed', "no socket at $memory: $!");
    my $pid = fork() // fault('sandbox-failed', "cannot fork: $!");
    if ($pid == 0) {
        POSIX::setsid();
        open(STDIN, '<', '/dev/null');
        open(STDOUT, '>', '/dev/null');
        open(STDERR, '>', '/dev/null');
        truncate($alive, 0);
        write_all($alive, "$$\n");
        # However it ends, nothing is left.
        my $supervisor = $$;
        eval { supervise($listen); 1 } or $$ == $supervisor && clean_up();
        POSIX::_exit(0);
    }
    close $listen;
    close $lock;
    close $alive;
    bridge() or fault('sandbox-failed', 'the supervisor ended at once');
}

# The same rules as on this machine: not production, nor what holds it or lies in it, nor a running server's data.
sub refuse_unsafe_scratch {
    my @avoid = map { my ($what, $path) = split /:/, $_, 2; [$what, $path] } split /\n/, $ask{avoid};
    for my $directory (data_directories()) {
        next if $directory =~ m{^\Q$scratch\E/([^/]+)} && -e "$scratch/$1/pgdrill-run.json";
        push @avoid, ['the data directory of a running server', $directory];
    }
    for (@avoid) {
        my ($what, $path) = @$_;
        my $real = canonical($path);
        my $relation = $scratch eq $real ? 'is' : within($scratch, $real) ? 'lies in' : within($real, $scratch) ? 'holds' : next;
        fault('scratch-refused', "the scratch directory $scratch of the server $relation $what ($path)");
    }
}

# Whoever may put another directory in its place, or in that of one above it, chooses what is removed there.
sub refuse_foreign_way {
    for (my $path = $scratch; $path ne ''; $path =~ s{/[^/]*$}{}) {
        my ($mode, $uid, $gid) = (stat $path)[2, 4, 5] or next;
        my $is_open = ($mode & 0002 || $mode & 0020 && $gid != 0) && ($path eq $scratch || !($mode & 01000));
        my $why = $uid != 0 && $uid != $> ? "belongs to user $uid" : $> == 0 && $is_open ? 'can be written to by others' : next;
        my $what = $path eq $scratch ? $path : "$path, which holds $scratch,";
        fault('scratch-refused', "$what of the server $why, who could put a link in the place of what is removed there");
    }
}

sub within { return index($_[0], $_[1] eq '/' ? '/' : "$_[1]/") == 0 }

# A server's processes work in its data directory. One in a container knows it under a path that means nothing here; it is
# found when the scratch directory lies in it.
sub data_directories {
    my @above = ($scratch);
    push @above, $above[-1] =~ s{/[^/]*$}{}r while $above[-1] =~ m{^/.*/};
    my %seen;
    for my $comm (glob '/proc/[0-9]*/comm') {
        next if (read_file($comm) // '') !~ /^postgres$/;
        (my $cwd = $comm) =~ s/comm$/cwd/;
        my $directory = readlink($cwd) // next;
        next if !-e "$cwd/PG_VERSION" && $!{ENOENT};
        my $identity = identity($cwd);
        # Of a process that ends while it is looked at, Linux says that access is denied, as it does of another user's.
        next if !-e $comm && $!{ENOENT};
        $seen{$_} = 1 for $identity eq '' ? $directory : grep { identity($_) eq $identity } $directory, @above;
    }
    return sort keys %seen;
}

sub claim_scratch {
    make_directory($scratch, $> == 0 ? 0755 : 0700);
    fault('scratch-not-writable', "$scratch cannot be read") if !-r $scratch;
    my @names = names_in($scratch);
    fault('scratch-refused', "the scratch directory $scratch of the server is not empty and was not made by pgdrill")
        if @names && !-e "$scratch/.pgdrill-scratch";
    mark_scratch() if !@names;
    make_directory("$scratch/locks", 0700);
}

# Several first runs may do this at the same time, so the name is there at once, and never under another name.
sub mark_scratch {
    my $marker = "$scratch/.pgdrill-scratch";
    my $file;
    sysopen($file, $marker, POSIX::O_WRONLY() | POSIX::O_CREAT() | Fcntl::O_NOFOLLOW(), 0600)
        && defined syswrite($file, "Drills of pgdrill are restored here.\n")
        and return;
    my $why = "$marker cannot be written: $!";
    unlink $marker if $file;
    fault('scratch-not-writable', $why);
}

# ---- sweep

sub sweep {
    refuse_foreign_way();
    answer('swept', 'gone') and return if !is_marked() && !-e $memory;
    # The directory may be that of another run by now, which reuses its data.
    $root = $memory if !is_marked();
    end_supervisor();
    my $lock = lock_kept_data();
    my $problem = clean_up();
    $problem eq '' ? answer('swept', 'removed') : fault('cleanup-failed', $problem);
}

sub is_marked { return index(read_file("$root/pgdrill-run.json") // '', "\"runId\": \"$ask{run}\"") >= 0 }

sub end_supervisor {
    open($alive, '+<', "$root/alive") or return;
    my $pid = read_file("$root/alive") // '';
    my $left = 60;
    until (flock($alive, LOCK_EX | LOCK_NB)) {
        kill('TERM', $1) if $left == 60 && $pid =~ /^(\d+)$/m;
        kill('KILL', $1) if $left == 10 && $pid =~ /^(\d+)$/m;
        fault('cleanup-failed', "the supervisor of $root does not end") if $left-- == 0;
        sleep 1;
    }
}

# Data that is kept from run to run may have got a new run while this one waited.
sub lock_kept_data {
    return if $root eq $memory || $ask{directory} eq $ask{run};
    open(my $lock, '>>', "$scratch/locks/$ask{drill}.lock") or return;
    flock($lock, LOCK_EX | LOCK_NB) && is_marked() or fault('busy', "the drill \"$ask{drill}\" is at work on $root again");
    return $lock;
}

# ---- the way between standard input and output and the daemon

sub bridge {
    socket(my $socket, PF_UNIX, SOCK_STREAM, 0) or return 0;
    connect($socket, pack_sockaddr_un("$memory/sock")) or return 0;
    write_all($socket, "$ask{nonce} $ask{received} $ask{key}\n");
    my ($in, $out) = (fileno(STDIN), fileno($socket));
    while (1) {
        my $ready = '';
        vec($ready, $_, 1) = 1 for $in, $out;
        select($ready, undef, undef, undef) > 0 or next;
        for ([$in, \*STDIN, $socket], [$out, $socket, \*STDOUT]) {
            my ($number, $from, $to) = @$_;
            next if !vec($ready, $number, 1);
            sysread($from, my $piece, 65536) or return 1;
            write_all($to, $piece);
        }
    }
}

# ---- the daemon

sub frame {
    my ($type, $channel, $payload) = @_;
    $outgoing .= pack('NCN', length $payload, $type, $channel) . $payload;
}

# Seconds of a clock that nobody sets: a machine that was just made may find out how late it is during the run.
sub now { return (POSIX::times())[0] / POSIX::sysconf(POSIX::_SC_CLK_TCK()) }

sub supervise {
    my ($listen) = @_;
    ($heard, $end) = (now(), now() + $ask{deadline});
    set_oom_score(-500);
    pipe(my $wake, my $woken);
    $_->blocking(0) for $wake, $woken, $listen;
    $SIG{CHLD} = sub { syswrite($woken, '!') };
    $SIG{PIPE} = 'IGNORE';
    $SIG{$_} = sub { $end = 0 } for qw(TERM INT HUP);
    while (1) {
        if (!$ending && (now() > $end || now() - $heard > $ask{grace})) {
            clean_up();
            return;
        }
        my ($read, $write) = ('', '');
        vec($read, fileno $_, 1) = 1 for $listen, $wake, grep { defined } $ending;
        if ($client) {
            vec($read, fileno $client, 1) = 1;
            vec($write, fileno $client, 1) = 1 if $cursor < length $outgoing;
        }
        for (values %channels) {
            for my $pipe (grep { defined } @$_{qw(out err)}) { vec($read, fileno $pipe, 1) = 1 if length $outgoing < MOST_UNSENT_BYTES }
            vec($write, fileno $_->{in}, 1) = 1 if $_->{in} && $_->{input} ne '';
        }
        next if select($read, $write, undef, 1) < 0;
        sysread($wake, my $ignored, 4096) if vec($read, fileno $wake, 1);
        reap();
        accept_client($listen) if vec($read, fileno $listen, 1);
        for my $number (keys %channels) {
            my $channel = $channels{$number};
            carry_out($number, $channel, 'out', FROM_OUTPUT) if $channel->{out} && vec($read, fileno $channel->{out}, 1);
            carry_out($number, $channel, 'err', FROM_ERRORS) if $channel->{err} && vec($read, fileno $channel->{err}, 1);
            carry_in($channel) if $channel->{in} && vec($write, fileno $channel->{in}, 1);
            tell_end($number, $channel);
        }
        hear_ending() if $ending && vec($read, fileno $ending, 1);
        read_client() if $client && vec($read, fileno $client, 1);
        write_client() if $client && $cursor < length $outgoing;
    }
}

# The newest connection is the one that counts: an older one may be broken without anybody having noticed.
sub accept_client {
    my ($listen) = @_;
    accept(my $socket, $listen) or return;
    # Who connects and says nothing holds nobody up.
    $socket->blocking(0);
    my ($line, $until) = ('', now() + 5);
    while ($line !~ /\n/) {
        return if length $line > 200;
        my $count = sysread($socket, my $char, 1);
        if ($count) { $line .= $char }
        elsif (defined $count || !$!{EAGAIN} || now() > $until) { return }
        else { select(undef, undef, undef, 0.01) }
    }
    # Without root the copy is of the same user: it does not know the key, and gets no further.
    my ($nonce, $confirmed, $key) = $line =~ /^([0-9a-f]+) (\d{1,15}) ([0-9a-f]+)$/ or return;
    return if $key ne $ask{key} || !confirm($confirmed);
    ($client, $cursor, $heard) = ($socket, 0, now());
    my @words = map { s/([^A-Za-z0-9_.\/:-])/sprintf '%%%02X', ord $1/ger } $root, $memory;
    syswrite($client, "pgdrill:$nonce resume $received $> @words\n");
}

# Whether that many bytes can have arrived there; those need not be kept any more.
sub confirm {
    my ($count) = @_;
    return 0 if $count !~ /^\d{1,15}$/ || $count > $base + length $outgoing;
    my $new = $count - $base;
    return 1 if $new <= 0;
    substr($outgoing, 0, $new, '');
    ($base, $cursor) = ($count, $cursor > $new ? $cursor - $new : 0);
    return 1;
}

# What no pgdrill says: all is ended and removed, and nobody is told.
sub violated {
    clean_up();
    POSIX::_exit(0);
}

sub read_client {
    my $count = sysread($client, my $piece, 262144);
    return if !defined $count && $!{EAGAIN};
    if (!$count) { undef $client; return }
    $heard = now();
    $received += $count;
    $incoming .= $piece;
    while (length $incoming >= 9) {
        my ($length, $type, $number) = unpack('NCN', $incoming);
        # Before the rest of it has come: what is no frame may promise 4 GB.
        violated() if $length > MOST_PAYLOAD_TO_SUPERVISOR_BYTES || $type < TO_EXEC || $type > TO_DETACH;
        last if length $incoming < 9 + $length;
        my $payload = substr($incoming, 9, $length);
        substr($incoming, 0, 9 + $length, '');
        take($type, $number, $payload);
    }
}

sub write_client {
    my $count = syswrite($client, $outgoing, 262144, $cursor);
    if (defined $count) { $cursor += $count }
    elsif (!$!{EAGAIN}) { undef $client }
}

sub take {
    my ($type, $number, $payload) = @_;
    my $channel = $channels{$number};
    if ($type == TO_EXEC) { run_program($number, split /\0/, $payload, -1) }
    elsif ($type == TO_INPUT) { $channel->{input} .= $payload if $channel && $channel->{in} }
    elsif ($type == TO_END_OF_INPUT) { if ($channel) { $channel->{ended} = 1; end_input($channel) } }
    elsif ($type == TO_PING) { confirm($payload) or violated(); frame(FROM_PONG, 0, "$received") }
    elsif ($type == TO_FINISH) { clean_up_aside() }
    elsif ($type == TO_DETACH) { finish('') }
    violated() if $channel && length $channel->{input} > MOST_WAITING_INPUT_BYTES;
    # Pongs and refusals that nobody fetches.
    violated() if length $outgoing > 2 * MOST_UNSENT_BYTES;
}

# Cleans up in a process of its own: it may take long, and a supervisor that is silent would be taken for lost.
sub clean_up_aside {
    return if $ending;
    pipe($ending, my $to) or return finish("no pipe: $!");
    my $pid = fork() // return finish("cannot fork: $!");
    return if $pid;
    undef $alive;
    $SIG{$_} = 'DEFAULT' for qw(CHLD PIPE TERM INT HUP);
    write_all($to, clean_up() . "\n");
    POSIX::_exit(0);
}

sub hear_ending {
    local $/ = undef;
    my $problem = <$ending> // '';
    finish($problem =~ s/\n\z// ? $problem : 'what cleans up was killed');
}

# The last word, which is carried until it has arrived or nobody has asked for it for 10 s.
sub finish {
    my ($problem) = @_;
    frame(FROM_FINISHED, 0, substr($problem, 0, 4000));
    my $until = now() + 10;
    while ($client && $cursor < length $outgoing && now() < $until) {
        write_client();
        select(undef, undef, undef, 0.01);
    }
    POSIX::_exit(0);
}

sub run_program {
    my ($number, $with_input, $directory, $variables, @rest) = @_;
    violated() if $number <= $newest || ($variables // '') !~ /^\d{1,6}$/ || $variables >= @rest;
    $newest = $number;
    my %env = map { (split(/=/, $_, 2), '')[0, 1] } splice(@rest, 0, $variables);
    return refuse_program($number, 'too many programs at once') if keys %channels >= MOST_PROGRAMS;
    pipe(my $stdin, my $in) && pipe(my $out, my $stdout) && pipe(my $err, my $stderr)
        or return refuse_program($number, "no pipe: $!");
    my $pid = fork();
    if (defined $pid && $pid == 0) {
        POSIX::setsid();
        $SIG{$_} = 'DEFAULT' for qw(CHLD PIPE TERM INT HUP);
        set_oom_score(0);
        POSIX::dup2(fileno $stdin, 0);
        POSIX::dup2(fileno $stdout, 1);
        POSIX::dup2(fileno $stderr, 2);
        POSIX::close($_) for 3 .. 255;
        %ENV = (PATH => $ENV{PATH}, %env, PGDRILL_RUN => $ask{run});
        chdir($directory || '/') or POSIX::_exit(126);
        no warnings 'exec';
        exec { $rest[0] } @rest;
        syswrite(STDERR, "$rest[0]: $!\n");
        POSIX::_exit(127);
    }
    return refuse_program($number, "cannot fork: $!") if !defined $pid;
    $_->blocking(0) for $in, $out, $err;
    $channels{$number} = { pid => $pid, in => $in, input => '', ended => !$with_input, out => $out, err => $err };
    end_input($channels{$number});
}

sub refuse_program {
    my ($number, $why) = @_;
    frame(FROM_ERRORS, $number, "$why\n");
    frame(FROM_EXIT, $number, '126');
}

sub set_oom_score {
    my ($score) = @_;
    open(my $file, '>', "/proc/$$/oom_score_adj") or return;
    syswrite($file, $score);
}

sub carry_out {
    my ($number, $channel, $which, $type) = @_;
    return if length $outgoing >= MOST_UNSENT_BYTES;
    my $count = sysread($channel->{$which}, my $piece, MOST_PAYLOAD_FROM_SUPERVISOR_BYTES);
    return if !defined $count && $!{EAGAIN};
    if ($count) { frame($type, $number, $piece) }
    else { delete $channel->{$which} }
}

sub carry_in {
    my ($channel) = @_;
    my $count = syswrite($channel->{in}, $channel->{input});
    if (defined $count) { substr($channel->{input}, 0, $count, '') }
    elsif (!$!{EAGAIN}) { delete $channel->{in} }
    end_input($channel);
}

sub end_input {
    my ($channel) = @_;
    delete $channel->{in} if $channel->{ended} && $channel->{input} eq '';
}

sub reap {
    while ((my $pid = waitpid(-1, POSIX::WNOHANG())) > 0) {
        my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
        for (values %channels) { $_->{status} = $status if $_->{pid} == $pid }
    }
}

# The status comes after all output.
sub tell_end {
    my ($number, $channel) = @_;
    return if !defined $channel->{status} || $channel->{out} || $channel->{err};
    frame(FROM_EXIT, $number, $channel->{status});
    delete $channels{$number};
}

# ---- the end

# Ends every program of the run, removes its directories, and says what could not be done.
sub clean_up {
    local $SIG{CHLD} = 'DEFAULT';
    kill('QUIT', -$_) for groups();
    kill('QUIT', programs_within());
    for my $round (1 .. 150) {
        reap();
        my @left = programs_within();
        last if !@left && !groups();
        if ($round % 50 == 0) { kill('KILL', @left, map { -$_ } groups()) }
        select(undef, undef, undef, 0.02 * ($round > 20 ? 5 : 1));
    }
    my @left = programs_within();
    return "processes @left of $root could not be ended" if @left;
    my @names = $ask{keeps} eq 'data' ? qw(spool log tmp m alive data/postmaster.pid) : grep { $_ ne 'pgdrill-run.json' } names_in($root);
    my $problem = remove($memory, map { "$root/$_" } @names);
    # What says whose the directory is goes last: as long as anything is left, it can be found.
    return $problem ne '' || $ask{keeps} eq 'data' ? $problem : remove($root);
}

# The process groups of programs that were not waited for yet: after that the number may be that of a stranger's group.
sub groups {
    return grep { kill(0, -$_) } map { $_->{pid} } grep { !defined $_->{status} } values %channels;
}

# A machine that has no room for a process now may have it in a moment.
sub run_tool {
    my (@words) = @_;
    for (1 .. 50) {
        return if system(@words) != -1;
        select(undef, undef, undef, 0.2);
    }
}

# Removes, and says what could not be.
sub remove {
    my (@paths) = @_;
    my @rm = ('rm', '-rf', '--one-file-system', '--', @paths);
    run_tool(@rm);
    # A function of the restored data can close a directory to its own user. Root needs none of that.
    my @left = $> == 0 ? () : grep { -d $_ && !-l $_ } @paths;
    run_tool('find', @left, qw(-xdev -type d ! -perm -700 -exec chmod u+rwx {} ;)), run_tool(@rm) if @left;
    my @there = grep { -e $_ || -l $_ } @paths;
    return @there ? "@there could not be removed" : '';
}

sub names_in {
    my ($directory) = @_;
    opendir(my $listing, $directory) or return;
    return grep { !/^\.\.?$/ } readdir $listing;
}

# Which directory a path leads to, through whatever mounts; nothing when that cannot be seen.
sub identity {
    my ($device, $inode) = stat $_[0];
    return defined $inode ? "$device:$inode" : '';
}

# The programs that were started for the run, which a variable tells, and their descendants. What one works in or names in
# its words proves nothing: a copy of files that leaves the run's directory out names it too.
sub programs_within {
    my (%found, %parent);
    for my $process (glob '/proc/[0-9]*') {
        my ($pid) = $process =~ /(\d+)$/;
        ($parent{$pid}) = (read_file("$process/stat") // '') =~ /^.*\) \S+ (\d+)/s;
        $found{$pid} = 1 if grep { $_ eq "PGDRILL_RUN=$ask{run}" } split /\0/, read_file("$process/environ") // '';
    }
    for (my $size = -1; $size < keys %found;) {
        $size = keys %found;
        $found{$_} = 1 for grep { $found{ $parent{$_} // 0 } } keys %parent;
    }
    delete @found{ $$, getppid() };
    return sort { $a <=> $b } keys %found;
}
