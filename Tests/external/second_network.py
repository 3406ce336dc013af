"""A forward pass of the Qwen2 and Llama architectures in numpy, for second_program.py.

Double precision, one text at a time, no cache, no padding. Reads the safetensors format and tokenizers of whole words.
"""

import hashlib
import json
import math
import re
import struct

import numpy as np

# The template of the tests' tokenizers; other templates are not rendered.
CHAT = "{% for message in messages %}user : {{ message['content'] }}\n{% endfor %}assistant : "


def read_tensors(path):
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, entry in json.loads(data[8:8 + size]).items():
        if name != "__metadata__":
            assert entry["dtype"] == "F32", entry
            start, end = (8 + size + offset for offset in entry["data_offsets"])
            tensors[name] = np.frombuffer(data[start:end], "<f4").reshape(entry["shape"]).astype(np.float64)
    return tensors


class Network:
    def __init__(self, folder, untrained_seed=None):
        with open(f"{folder}/config.json") as file:
            self.c = json.load(file)
        self.t = read_tensors(f"{folder}/model.safetensors")
        if untrained_seed is not None:
            for name, tensor in self.t.items():
                if tensor.ndim == 2:
                    key = hashlib.sha256(f"{untrained_seed}/{name}".encode()).digest()[:16]
                    generator = np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))
                    drawn = generator.standard_normal(tensor.shape, dtype=np.float32)
                    self.t[name] = (drawn * np.float32(self.c["initializer_range"])).astype(np.float64)
                else:
                    self.t[name] = np.full(tensor.shape, 0.0 if name.endswith("bias") else 1.0)
        self.layers, self.heads, self.groups = (
            self.c[key] for key in ("num_hidden_layers", "num_attention_heads", "num_key_value_heads"))
        self.size = self.c.get("head_dim") or self.c["hidden_size"] // self.heads
        with open(f"{folder}/tokenizer.json") as file:
            tokenizer = json.load(file)
        self.words = dict(tokenizer["model"]["vocab"])
        self.unknown = self.words[tokenizer["model"]["unk_token"]]
        self.names = {token: word for word, token in self.words.items()}
        # Added tokens, such as </think>, are found first; the rest splits into words and runs of other characters.
        added = sorted((entry["content"] for entry in tokenizer["added_tokens"]), key=len, reverse=True)
        self.added = added
        with open(f"{folder}/tokenizer_config.json") as file:
            self.special = json.load(file)
        end = self.c.get("eos_token_id")
        self.ends = end if isinstance(end, list) else [end]

    def tokens(self, text):
        pieces, rest = [], text
        while rest:
            places = [(rest.find(word), word) for word in self.added if word in rest]
            place, word = min(places) if places else (len(rest), "")
            pieces += re.findall(r"\w+|[^\w\s]+", rest[:place]) + ([word] if word else [])
            rest = rest[place + len(word):]
        return [self.words.get(piece, self.unknown) for piece in pieces]

    def text(self, tokens):
        return " ".join(self.names[token] for token in tokens)

    def prompt(self, question, kind):
        if kind == "chat":
            assert self.special["chat_template"] == CHAT
            text = f"user : {question}\nassistant : "
        else:
            text = (self.special.get("bos_token") or "") + question + "\n"
        return text + "<think>\n"

    def frequencies(self):
        rope = self.c.get("rope_parameters") or {}
        base = rope.get("rope_theta", self.c.get("rope_theta"))
        f = base ** (-np.arange(0, self.size, 2) / self.size)
        if rope.get("rope_type") == "llama3":
            old = rope["original_max_position_embeddings"]
            low, high, factor = rope["low_freq_factor"], rope["high_freq_factor"], rope["factor"]
            turns = old * f / (2 * math.pi)
            mix = np.clip((turns - low) / (high - low), 0, 1)
            f = mix * f + (1 - mix) * f / factor
        return f

    def norm(self, x, name):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + self.c["rms_norm_eps"]) * self.t[name]

    def linear(self, x, name):
        y = x @ self.t[name + ".weight"].T
        return y + self.t[name + ".bias"] if name + ".bias" in self.t else y

    def run(self, tokens, layer=None, added=None):
        """Returns the stream at the last token after each block, and the logits there."""
        x = self.t["model.embed_tokens.weight"][tokens]
        angles = np.outer(np.arange(len(tokens)), self.frequencies())
        turn = np.exp(1j * angles)
        mask = np.triu(np.full((len(tokens), len(tokens)), -np.inf), 1)
        streams = []

        def rotated(v):
            z = (v[:, : self.size // 2] + 1j * v[:, self.size // 2:]) * turn
            return np.concatenate([z.real, z.imag], axis=1)

        for index in range(self.layers):
            name = f"model.layers.{index}"
            h = self.norm(x, f"{name}.input_layernorm.weight")
            q, k, v = (self.linear(h, f"{name}.self_attn.{part}_proj") for part in "qkv")
            mixed = []
            for head in range(self.heads):
                group = head // (self.heads // self.groups)
                own = slice(head * self.size, (head + 1) * self.size)
                shared = slice(group * self.size, (group + 1) * self.size)
                scores = rotated(q[:, own]) @ rotated(k[:, shared]).T / math.sqrt(self.size) + mask
                weights = np.exp(scores - scores.max(-1, keepdims=True))
                mixed.append(weights / weights.sum(-1, keepdims=True) @ v[:, shared])
            x = x + self.linear(np.concatenate(mixed, axis=1), f"{name}.self_attn.o_proj")
            h = self.norm(x, f"{name}.post_attention_layernorm.weight")
            gate = self.linear(h, f"{name}.mlp.gate_proj")
            hidden = gate / (1 + np.exp(-gate)) * self.linear(h, f"{name}.mlp.up_proj")
            x = x + self.linear(hidden, f"{name}.mlp.down_proj")
            if index == layer and added is not None:
                x = x.copy()
                x[-1] += added
            streams.append(x[-1])
        head = self.t["model.embed_tokens.weight" if self.c.get("tie_word_embeddings") else "lm_head.weight"]
        return streams, head @ self.norm(x[-1:], "model.norm.weight")[0]

    def write(self, text, limit, fractions, temperature):
        """Returns what the network writes after a text. `fractions` yields a number from 0 to 1 for each token."""
        tokens, written = self.tokens(text), []
        for _ in range(limit):
            logits = self.run(tokens + written)[1]
            if temperature == 0:
                token = int(logits.argmax())
            else:
                p = np.exp((logits - logits.max()) / temperature)
                token = int((p.cumsum() / p.sum() <= next(fractions)).sum())
            if self.names[token] == "</think>":
                return self.text(written) + " " * bool(written)
            if token in self.ends:
                break
            written.append(token)
        return self.text(written)
