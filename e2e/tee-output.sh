#!/usr/bin/env bash
# Runs the program of HEARTH_E2E_ELECTRON and keeps a copy of its output in HEARTH_E2E_LOG: what it says before a test
# listens would be lost otherwise.
exec "$HEARTH_E2E_ELECTRON" "$@" > >(tee -a "$HEARTH_E2E_LOG") 2> >(tee -a "$HEARTH_E2E_LOG" >&2)
