telegram-as-of = as of { $time }
telegram-live = ● Live
telegram-live-on = ● live
telegram-go-on = ▶ Go on
telegram-back = ‹ Back
telegram-file = ⬇ File
telegram-more = … { $count } more
telegram-prompt = ✎ { $hint } – type it within 5 min, /cancel to leave it
