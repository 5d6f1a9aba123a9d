"""Known films found in other films: frames hashed like pictures, and agreements that line up in time.

A known film is hashed densely, once (`frames`, in the sandbox); a film that comes in by its key frames, in eight forms
and without plain borders. All frames of known films are one index (`index.near`); what it finds are votes (`matching`).
"""
