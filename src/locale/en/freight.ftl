# Words of: files on their way, from a chat or into one
freight-gone = It is no longer there, or something else stands in its place. Look again.
freight-read = It could not be read: { $why }.
freight-no-line = Telegram cannot be reached. Try again when the line is back.
freight-too-large = Telegram hands bots no files of this size. A local Bot API server (telegram.api_url) does.
freight-short = It ended too early: the line broke, or somebody shortened the file. Try again.
freight-long = It is longer than was said, so nothing of it was kept. Send it again.
freight-cancelled = Cancelled.
freight-size = Telegram takes no file of this size from a bot.
freight-closed = This chat takes no files from the bot: unblock it, or allow it to send files there.
freight-refused = Telegram refused it: “{ $why }”
freight-dropped = Cockpit itself lost it on the way; its log says why. Try again.
