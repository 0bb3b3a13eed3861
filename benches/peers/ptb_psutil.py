#!/usr/bin/env python3
"""What people write instead: python-telegram-bot with psutil, sampling every 5 s, one screen with one button.
Argument: the Bot API's base URL."""
import asyncio
import itertools
import sys

import psutil
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler

LATEST = {}
SHOWN = itertools.count(1)
KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("Refresh", callback_data="refresh")]])


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


def screen():
    memory, load = LATEST.get("memory"), LATEST.get("load")
    return f"#{next(SHOWN)}\nCPU {LATEST.get('cpu')}\nRAM {memory and memory.percent} %\nload {load}"


async def status(update: Update, _):
    await update.message.reply_text(screen(), reply_markup=KEYS)


async def refresh(update: Update, _):
    await update.callback_query.answer()
    await update.callback_query.edit_message_text(screen(), reply_markup=KEYS)


async def start_sampling(application):
    application.create_task(sample())


app = (
    Application.builder()
    .token("42:bench")
    .base_url(sys.argv[1] + "/bot")
    .post_init(start_sampling)
    .build()
)
app.add_handler(CommandHandler(["start", "status"], status))
app.add_handler(CallbackQueryHandler(refresh))
app.run_polling(stop_signals=None)
