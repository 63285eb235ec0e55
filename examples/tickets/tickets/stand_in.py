"""Answers prompts where no model is at hand. It is no language model, and knows nothing but the prompt.

It counts which words the message shares with each label's line and examples, rare words for more, and answers with
the label that has the most: so a prompt with examples does better, as with the models that it stands for.
"""

from __future__ import annotations

import math
import re
from collections import Counter

LABEL = re.compile(r"^- (\w+): (.*)$", re.MULTILINE)
EXAMPLE = re.compile(r"^Message: (.*)\nAnswer: (\w+)$", re.MULTILINE)
ASKED = re.compile(r"^Message: (.*)\nAnswer:\Z", re.MULTILINE)


def answer(prompt: str) -> str:
    texts = [(label, words(meaning)) for label, meaning in LABEL.findall(prompt)]
    texts += [(label, words(text)) for text, label in EXAMPLE.findall(prompt)]
    asked = words(ASKED.findall(prompt)[-1])
    spread = Counter(word for _, each in texts for word in each)
    likeness = {label: 0.0 for label, _ in reversed(texts)}
    for label, each in texts:
        shared = sum(math.log(1 + len(texts) / spread[word]) for word in sorted(asked & each))
        likeness[label] = max(likeness[label], round(shared / math.sqrt(len(each)), 9))
    return max(likeness, key=lambda label: likeness[label])  # the first of equals: `other`, the last of the labels


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))
