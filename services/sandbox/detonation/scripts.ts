// The shell of the run: what builds the sandbox's root, and what enters it. Everything here runs without rights on the machine: root only of a user
// namespace whose single user is the one that started it (nobody, when Egret itself is root).

/** In the outer namespaces: a root in memory, with the machine's programs read-only and nothing else of it. $1 root, $2 bytes, then folders to expose. */
export const buildRoot = `set -eu
R=$1; SIZE=$2; shift 2
mount -t tmpfs -o size=$SIZE,nr_inodes=20000,mode=755,nosuid,nodev,strictatime egret "$R"
readonly_bind() {
  mkdir -p "$R$1"
  mount --rbind "$1" "$R$1"
  mount -o remount,bind,ro,nosuid,nodev "$R$1"
}
for d in /usr /bin /sbin /lib /lib64 /lib32; do
  if [ -L $d ]; then cp -P $d "$R$d"; elif [ -d $d ]; then readonly_bind $d; fi
done
for d in "$@"; do if [ -d "$d" ]; then readonly_bind "$d"; fi; done
mkdir -p "$R/etc" "$R/dev/shm" "$R/proc" "$R/tmp" "$R/var/tmp" "$R/var/spool/cron/crontabs" "$R/run" "$R/home/agent" "$R/.old"
for d in /etc/ssl/certs /etc/alternatives /etc/ca-certificates; do if [ -d $d ]; then readonly_bind $d; fi; done
for f in /etc/ld.so.cache /etc/ssl/openssl.cnf /etc/mime.types; do
  if [ -r $f ]; then mkdir -p "$R$(dirname $f)"; : > "$R$f"; mount --bind $f "$R$f"; mount -o remount,bind,ro,nosuid,nodev "$R$f"; fi
done
for d in null zero full random urandom tty; do : > "$R/dev/$d"; mount --bind /dev/$d "$R/dev/$d"; done
ln -s /proc/self/fd "$R/dev/fd"; ln -s /proc/self/fd/0 "$R/dev/stdin"; ln -s /proc/self/fd/1 "$R/dev/stdout"; ln -s /proc/self/fd/2 "$R/dev/stderr"
echo "root:x:0:0:agent:/home/agent:/bin/bash" > "$R/etc/passwd"
echo "root:x:0:" > "$R/etc/group"
echo "127.0.0.1 localhost" > "$R/etc/hosts"
echo "nameserver 127.0.0.1" > "$R/etc/resolv.conf"
echo "hosts: files dns" > "$R/etc/nsswitch.conf"
echo agent > "$R/etc/hostname"
chmod 1777 "$R/tmp" "$R/var/tmp" "$R/dev/shm"
`

/** In the outer namespaces: every address leads to ourselves. Fails where there is no \`ip\`. */
export const routeAll = `set -eu
ip link set lo up
ip route add local default dev lo
ip -6 route add local default dev lo 2>/dev/null || true
`

/**
 * In the inner namespaces: leaves the machine's files behind, closes what was open, and hands over. $1 root, then the command. File 4 is the watcher's.
 * No new user namespaces: with one, the sample would be root of something again.
 */
export const enterRoot = `exec 4>&-
set -eu
R=$1; shift
mount -t proc -o nosuid,nodev,noexec proc "$R/proc"
cd "$R"
pivot_root . .old
cd /
umount -l /.old
rmdir /.old
echo 0 > /proc/sys/user/max_user_namespaces
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro,nosuid,nodev,noexec /proc/sys
echo 1000 > /proc/self/oom_score_adj
for f in /proc/self/fd/*; do
  n=\${f##*/}
  case $n in
    [0-3]) ;;
    [4-9]) eval "exec $n>&-" ;;
    # dash takes 12>&- for the command 12; perl closes these below.
    *) if [ -n "\${BASH_VERSION:-}" ]; then eval "exec $n>&-"; fi ;;
  esac
done
exec "$@"
`

/**
 * A system call filter by prctl(2): what the sandbox's own limits do not already refuse. Written for perl because every Debian, Red Hat and Alpine host with
 * git has one, and Node can make no such call. Numbers of x86-64 and of arm64; elsewhere, and without perl, the run goes on without a filter and says so.
 *
 *   load arch; not ours -> allow (there is no second architecture to switch to but i386, which is refused whole)
 *   load number; one of the list -> EPERM; else allow
 */
export const filterCalls = `
my %numbers = (
  0xc000003e => [101,155,165,166,167,168,169,175,176,246,248,249,250,272,298,303,304,308,310,311,312,313,320,321,323,425,426,427,428,429,430,431,432,442],
  0xc00000b7 => [39,40,41,97,104,105,106,117,142,217,218,219,224,225,241,264,265,268,270,271,272,273,280,282,294,425,426,427,428,429,430,431,432,442],
);
my $machine = (POSIX_uname())[4];
sub POSIX_uname { require POSIX; return POSIX::uname() }
my $arch = $machine eq "x86_64" ? 0xc000003e : $machine eq "aarch64" ? 0xc00000b7 : exit 77;
my $prctl = $machine eq "x86_64" ? 157 : 167;
my @calls = @{$numbers{$arch}};
my @code = ([0x20,0,0,4], [0x15,1,0,$arch], [0x06,0,0,0x00050001], [0x20,0,0,0]);
push @code, [0x35,0,1,0x40000000], [0x06,0,0,0x00050026] if $machine eq "x86_64";
for my $n (0 .. $#calls) { push @code, [0x15, $#calls - $n + 1, 0, $calls[$n]] }
push @code, [0x06,0,0,0x7fff0000], [0x06,0,0,0x00050001];
my $program = join "", map { pack "SCCL", @$_ } @code;
my $header = pack "S x6 P", scalar(@code), $program;
syscall($prctl, 38, 1, 0, 0, 0) == 0 or exit 77;
syscall($prctl, 22, 2, $header, 0, 0) == 0 or exit 77;
POSIX::close($_) for 4 .. 1023;
exec { $ARGV[0] } @ARGV or exit 78;
`
