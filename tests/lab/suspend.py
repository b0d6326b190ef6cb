# SPDX-License-Identifier: MIT
"""Time that passes for one process alone, as if the machine had been suspended: its CLOCK_BOOTTIME
moves on, its CLOCK_MONOTONIC does not. By a time namespace, which the process is made to enter by
ptrace; x86-64 alone."""

import contextlib
import ctypes
import os
import pathlib
import platform
import re
import signal
import struct
import subprocess

from bounded import until

CLONE_NEWTIME = 0x80
CLOCK_BOOTTIME = 7
PTRACE_SINGLESTEP, PTRACE_GETREGS, PTRACE_SETREGS, PTRACE_ATTACH, PTRACE_DETACH = 9, 12, 13, 16, 17
SYSCALL = b"\x0f\x05"
CLOSE, TIMERFD_SETTIME, SETNS, PIDFD_OPEN = 3, 286, 308, 434
# What the ABI lets a leaf function use below its stack pointer, and more.
BELOW_STACK = 512
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
LIBC.ptrace.restype = ctypes.c_long

NAMES = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss "
         "fs_base gs_base ds es fs gs").split()


class Registers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulong) for name in NAMES]


def obstacle():
    """Why that can't be done here, or None."""
    if platform.machine() != "x86_64":
        return "only known for x86-64"
    return None if os.path.exists("/proc/self/ns/time") else "the kernel has no time namespaces"


class Sleeper:
    """A process whose clock can be moved on; forwards alone, any number of times."""

    def __init__(self, pid):
        self.pid = pid
        self.passed = 0

    def suspend(self, seconds):
        self.passed += seconds
        with later(self.passed) as holder, stopped(self.pid) as call:
            descriptor = call(PIDFD_OPEN, holder, 0)
            call(SETNS, descriptor, CLONE_NEWTIME)
            call(CLOSE, descriptor)
            # Those that are armed keep their moments in the machine's own time.
            for number, left in armed_timers(self.pid):
                value = struct.pack("@4q", 0, 0, *divmod(max(left - seconds * 10**9, 1), 10**9))
                call(TIMERFD_SETTIME, number, 0, value, 0)


@contextlib.contextmanager
def later(seconds):
    """A process that lives in that time."""
    with subprocess.Popen(["unshare", "--time", "--boottime", str(seconds), "sleep", "60"]) as child:
        try:
            until(lambda: pathlib.Path(f"/proc/{child.pid}/comm").read_text() == "sleep\n",
                  "the other time begins", step=0.001)
            yield child.pid
        finally:
            child.kill()


def armed_timers(pid):
    """Number and nanoseconds left of each timerfd that follows CLOCK_BOOTTIME."""
    for each in pathlib.Path(f"/proc/{pid}/fdinfo").iterdir():
        text = each.read_text()
        clock = re.search(r"^clockid: (\d+)", text, re.MULTILINE)
        if clock and int(clock[1]) == CLOCK_BOOTTIME:
            left = re.search(r"^it_value: \((\d+), (\d+)\)", text, re.MULTILINE)
            nanoseconds = int(left[1]) * 10**9 + int(left[2])
            if nanoseconds:
                yield int(each.name), nanoseconds


@contextlib.contextmanager
def stopped(pid):
    """What makes the process perform a system call; bytes are passed by their address."""
    ptrace(PTRACE_ATTACH, pid)
    os.waitpid(pid, 0)
    before = Registers()
    ptrace(PTRACE_GETREGS, pid, None, ctypes.addressof(before))
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        code = peek(memory, before.rip, len(SYSCALL))
        poke(memory, before.rip, SYSCALL)

        def call(number, *arguments):
            room = before.rsp - BELOW_STACK
            registers = Registers.from_buffer_copy(before)
            # Nothing is restarted by the kernel then.
            registers.orig_rax = 2**64 - 1
            registers.rax = number
            for name, value in zip(("rdi", "rsi", "rdx", "r10"), arguments):
                if isinstance(value, bytes):
                    poke(memory, room, value)
                    value = room
                setattr(registers, name, value)
            ptrace(PTRACE_SETREGS, pid, None, ctypes.addressof(registers))
            ptrace(PTRACE_SINGLESTEP, pid)
            _, status = os.waitpid(pid, 0)
            if not os.WIFSTOPPED(status) or os.WSTOPSIG(status) != signal.SIGTRAP:
                raise OSError(f"process {pid} does not stop: {status:x}")
            ptrace(PTRACE_GETREGS, pid, None, ctypes.addressof(registers))
            result = ctypes.c_long(registers.rax).value
            if result < 0:
                raise OSError(-result, f"system call {number} of process {pid}")
            return result

        try:
            yield call
        finally:
            poke(memory, before.rip, code)
            ptrace(PTRACE_SETREGS, pid, None, ctypes.addressof(before))
            ptrace(PTRACE_DETACH, pid)


def peek(memory, address, size):
    memory.seek(address)
    return memory.read(size)


def poke(memory, address, data):
    memory.seek(address)
    memory.write(data)


def ptrace(request, pid, address=None, data=None):
    if LIBC.ptrace(request, pid, address, data) < 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request} of {pid}")
