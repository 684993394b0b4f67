"""Random Keras scripts in the styles that people write, one for each seed, with one mistake in about half of them.

Everything is small, so that a run takes well under a second. What a script does is for Keras to say: the generator
knows which mistake it made, not whether Keras raises.
"""

from __future__ import annotations

import random
import re

from tests.differential import programs_models as models
from tests.differential.programs_classes import CLASSES
from tests.differential.programs_data import Plan
from tests.differential.programs_feeds import FEEDS
from tests.differential.programs_kinds import KINDS
from tests.differential.programs_projects import LONGER
from tests.differential.programs_seq2seq import SEQ2SEQ
from tests.differential.programs_tables import TABLES

IN_DATA = ("swapped axes", "rank", "samples", "lists", "bad reshape")
IN_SHAPE = ("features", "steps", "batch in shape", "whole shape")
IN_RUNS = ("predict one", "loss", "predict features", "labels", "validation")
#: Those that can be made in any kind of script.
EASY = (
    "missing return_sequences",
    "extra return_sequences",
    "features",
    "wrong units",
    "predict one",
    "rank",
    "samples",
)
MISTAKES = (*models.IN_LAYERS, *IN_DATA, *IN_SHAPE, *IN_RUNS)

HEADS = (
    "from tensorflow import keras\n"
    "from tensorflow.keras.models import Sequential, Model\nfrom tensorflow.keras.layers import *",
    "import keras\nfrom keras.models import Sequential, Model\nfrom keras.layers import {0}",
    "import keras\nfrom keras import Sequential, Model, Input\nfrom keras.layers import {0}",
    "from tensorflow import keras\n"
    "from tensorflow.keras import Sequential, Model\nfrom tensorflow.keras.layers import {0}",
)
LAYERS = (
    *("Activation", "AveragePooling1D", "BatchNormalization", "Bidirectional", "Concatenate", "Conv1D", "ConvLSTM2D"),
    *("Dense", "Dropout", "Embedding", "Flatten", "GRU", "GaussianNoise", "GlobalAveragePooling1D", "GlobalMaxPool1D"),
    *("GlobalMaxPooling1D", "Input", "InputLayer", "LSTM", "Lambda", "LayerNormalization", "LeakyReLU", "Masking"),
    *("MaxPooling1D", "Permute", "RepeatVector", "Reshape", "SimpleRNN", "SpatialDropout1D", "TimeDistributed"),
    *("UpSampling1D", "ZeroPadding1D", "concatenate", "add", "Add", "Multiply", "Dot", "Layer", "RNN", "LSTMCell"),
    *("GRUCell", "SimpleRNNCell", "StackedRNNCells", "Attention", "AdditiveAttention", "MultiHeadAttention"),
    *("Conv2D", "MaxPooling2D", "GlobalAveragePooling2D", "ConvLSTM1D"),
)
#: Kinds of scripts whose mistakes are those of EASY.
WHOLE = (*LONGER, *CLASSES, *FEEDS, *TABLES, *SEQ2SEQ)


def program(seed: int) -> str:
    """The text of one script."""
    dice = random.Random(seed)
    plan = Plan(dice, dice.randrange(5, 24), dice.randrange(2, 7), dice.choice((1, 1, 2, 3, 4)))
    kind = dice.choice((*KINDS, *WHOLE))
    plan.mistake = dice.choice(EASY if kind in WHOLE else MISTAKES) if dice.random() < 0.55 else ""
    plan.constant(plan.steps, "time_steps", "n_steps", "look_back", "SEQ_LEN", "window_size")
    plan.constant(plan.features, "n_features", "num_features", "features")
    kind(plan)
    return _text(plan)


def _text(plan: Plan) -> str:
    body = "\n".join(plan.lines)
    if plan.chance(8):
        inside = "\n".join(f"    {line}" if line else "" for line in body.split("\n"))
        body = f"def main():\n{inside}\n\n\nif __name__ == '__main__':\n    main()"
    head = plan.dice.choice(HEADS)
    words = set(re.findall(r"\w+", body))
    used = [name for name in LAYERS if name in words and not (name == "Input" and "Sequential, Model, Input" in head)]
    imports = ["import numpy as np", *sorted(plan.imports), *head.format(", ".join(used)).split("\n")]
    if "tf." in body:
        imports.insert(1, "import tensorflow as tf")
    return "\n".join([*imports, "", *plan.head, "", body, ""])
