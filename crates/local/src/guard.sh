# Runs one server as its child and stops it when told, or when whoever holds the pipe is gone.
#
#   sh -c "$(cat guard.sh)" guard STOP KILL SERVER [ARGUMENT...]
#
# stdin: the pipe. A line "stop" sends STOP to the server, "kill" sends KILL, end of file (our owner
# ended, however it ended: the kernel closes the pipe) sends STOP. stdout: the locked file, which
# the server inherits as descriptor 4, so that the folder stays locked until the last of its
# processes is gone. stderr: the server's log.
#
# Only this shell, the server's parent, signals the server, and never after it has waited for it:
# a number that the system has given to another process can not be hit.
stop=$1 kill=$2
shift 2
exec 3<&0 4>&1 1>&2
"$@" </dev/null 3<&- &
server=$!
trap '' INT HUP QUIT
told=0
trap 'told=1; kill -s "$stop" "$server"' TERM
trap 'told=1; kill -s "$kill" "$server"' USR1
(
    trap - TERM USR1
    while read -r word <&3; do
        case $word in
        stop) kill -s TERM $$ ;;
        kill) kill -s USR1 $$ ;;
        esac
    done
    kill -s TERM $$
) </dev/null 4>&- &
reader=$!
exec 3<&- 4>&-
while :; do
    wait "$server"
    status=$?
    [ "$told" = 1 ] || break
    told=0
done
trap '' TERM USR1
kill -s KILL "$reader" 2>/dev/null
exit "$status"
