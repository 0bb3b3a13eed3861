#!/usr/bin/env python3
"""What people write instead: python-telegram-bot with psutil, sampling every 5 s. Argument: the Bot API's base URL."""
import asyncio
import sys

import psutil
from telegram import Update
from telegram.ext import Application, CommandHandler

LATEST = {}


async def sample():
    while True:
        LATEST.update(
            cpu=psutil.cpu_percent(percpu=True),
            memory=psutil.virtual_memory(),
            swap=psutil.swap_memory(),
            disks=[psutil.disk_usage(part.mountpoint) for part in psutil.disk_partitions()],
            io=psutil.disk_io_counters(perdisk=True),
            net=psutil.net_io_counters(pernic=True),
            temperatures=getattr(psutil, "sensors_temperatures", dict)(),
            load=psutil.getloadavg(),
        )
        await asyncio.sleep(5)


async def status(update: Update, _):
    await update.message.reply_text(str(LATEST))


async def start_sampling(application):
    application.create_task(sample())


app = (
    Application.builder()
    .token("42:bench")
    .base_url(sys.argv[1] + "/bot")
    .post_init(start_sampling)
    .build()
)
app.add_handler(CommandHandler("status", status))
app.run_polling(stop_signals=None)
