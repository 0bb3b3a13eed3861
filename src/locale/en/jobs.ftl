# Words of: jobs
jobs-failed-exit = { $program } ended with code { $code }
