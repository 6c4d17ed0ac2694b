"""Foreword: a Slack bot that introduces a tool to remote employees, the reason first."""

import gc

# Python looks for cycles of garbage after so many new objects, instead of after 700. Next to none are made here, as reference
# counts free nearly everything; and looking for them while libraries are loaded, of which nothing is garbage, takes a tenth of
# the time until the first answer. It stands here to be there before anything of ours is loaded.
gc.set_threshold(50_000, 20, 20)
