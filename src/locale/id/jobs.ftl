# Words of: jobs
jobs-failed-exit = { $program } berhenti dengan kode { $code }
