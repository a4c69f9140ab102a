# Keeps the shared test stack alive while any test uses it, and a little longer.
#
#   sh -c "$(cat keeper.sh)" keeper RUN_FOLDER STATE_FILE LINGER_SECONDS
#
# stdin: the users' lock file; every process with a test in it holds a shared lock on it. stdout:
# the only writing end of the pipe that both servers' guards read; when this shell ends, however it
# ends, they stop. Nobody can join while the exclusive lock is held, and the state file is removed
# before it is released, so a test either gets a stack that stays or starts its own.
run=$1 state=$2 linger=$3
trap '' INT HUP QUIT
while :; do
    flock -x 0 || exit 1
    flock -u 0
    sleep "$linger" >/dev/null
    flock -xn 0 && break
done
rm -f "$state"
exec 0</dev/null 1>/dev/null
# Now the guards stop the servers; the folder's lock is free when the last process is gone.
flock -x "$run/lock" rm -rf "$run/postgres" "$run/nats" "$run/log"
rm -rf "$run"
