# Words of: audit
audit-title = Flight Recorder
audit-empty = Nothing is recorded yet.
audit-cannot-write = The flight recorder cannot write, so nothing can be changed from here. { $mend }
audit-unreadable = The flight recorder's files cannot be read: { $error }
audit-search = 🔎 Search
audit-search-title = Search
audit-search-again = 🔎 Search again
audit-search-hint = Send me words to look for: a name, a unit, a verb, an outcome.
audit-searched = Entries with “{ $words }”, newest first:
audit-nothing-found = None.
audit-searched-to = Entries before #{ $seq } were not searched: the trail is too long for one look.
audit-check = 🔗 Check the seals
audit-check-title = Seals
audit-whole = { $entries ->
    [one] One entry (#{ $first }), whole and in order.
   *[other] { $entries } entries, #{ $first } to #{ $last }, whole and in order.
}
audit-broken = { $breaks ->
    [one] The chain is broken in one place:
   *[other] The chain is broken in { $breaks } places:
}
audit-broken-mend = Somebody or something changed the files. Compare with the log of the daemon, which holds each entry's seal: journalctl -u cockpit-bot
audit-last-seal = Seal of #{ $last }, to compare with the daemon's log:
audit-entry-gone = There is no entry #{ $seq }.
audit-what = What
audit-who = Who
audit-when = When
audit-chat = Chat
audit-op = Request
audit-seal = Seal
audit-same-request = Same request
audit-stranger = stranger { $name }
audit-cockpit = Cockpit itself ({ $part })
audit-accepted = accepted
audit-done = done
audit-refused = refused
audit-failed = failed
audit-started = started
audit-noted = noted
