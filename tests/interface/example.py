#!/usr/bin/env python3
"""Asks libshortfall.so how likely a plan is to fail, by ctypes: example.py LIBRARY PLAN. Prints one line of the answer."""
import ctypes
import json
import sys


class File(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int), ("name", ctypes.c_char_p), ("text", ctypes.c_char_p), ("length", ctypes.c_size_t)]


class Options(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("trials", ctypes.c_uint64), ("max_trials", ctypes.c_uint64), ("seed", ctypes.c_uint64),
                ("optimism", ctypes.c_double), ("threads", ctypes.c_uint), ("edits", ctypes.POINTER(ctypes.c_char_p)),
                ("given", ctypes.POINTER(ctypes.c_char_p)), ("knowledge", ctypes.c_int)]


def open_library(path):
    library = ctypes.CDLL(path)
    library.shortfall_defaults.restype = None
    library.shortfall_defaults.argtypes = [ctypes.POINTER(Options), ctypes.c_size_t]
    library.shortfall_run.restype = ctypes.c_void_p
    library.shortfall_run.argtypes = [ctypes.POINTER(File), ctypes.c_size_t, ctypes.POINTER(Options)]
    library.shortfall_json.restype = ctypes.c_char_p
    for name in ("shortfall_status", "shortfall_json", "shortfall_free"):
        getattr(library, name).argtypes = [ctypes.c_void_p]
    return library


def run(library, name, text, edits=()):
    """The status and the document; a plan that is wrong gives its problems."""
    options = Options()
    library.shortfall_defaults(ctypes.byref(options), ctypes.sizeof(options))
    options.trials = options.max_trials = 10000
    words = (ctypes.c_char_p * (len(edits) + 1))(*[e.encode() for e in edits], None)
    options.edits = ctypes.cast(words, ctypes.POINTER(ctypes.c_char_p))
    answer = library.shortfall_run(File(0, name.encode(), text, len(text)), 1, ctypes.byref(options))
    try:
        return library.shortfall_status(answer), json.loads(library.shortfall_json(answer))
    finally:
        library.shortfall_free(answer)


if __name__ == "__main__":
    lib = open_library(sys.argv[1])
    with open(sys.argv[2], "rb") as plan:
        status, document = run(lib, sys.argv[2], plan.read(), sys.argv[3:])
    if status == 2:
        for p in document["problems"]:
            print(f"{p['file']}:{p['line']}:{p['column']}: {p['message']}")
    else:
        o = document["organisations"][0]
        print(f"{o['id']} fails in {100 * o['fails']['alone']['p']:.1f} % of {document['trials']} futures")
    sys.exit(status)
