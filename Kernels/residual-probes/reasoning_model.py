"""An open-weight reasoning model: its text, and its residual stream, which can be read and changed."""

import contextlib
import hashlib
import json
import os
import pathlib

os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import numpy
import tokenizers
import torch
import transformers

from arbor_kernel import Unsupported

ARCHITECTURES = ("qwen2", "llama")
START_OF_THINKING, END_OF_THINKING = "<think>", "</think>"
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"

torch.use_deterministic_algorithms(True)
torch.set_grad_enabled(False)
transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


class ReasoningModel:
    """A model of the Qwen2 or Llama architecture from a folder with config.json, tokenizer.json and safetensors."""

    def __init__(self, folder, config, untrained_seed=None):
        """With `untrained_seed`, the weights are drawn at random."""
        folder = pathlib.Path(folder)
        architecture = json.loads((folder / "config.json").read_text()).get("model_type")
        if architecture not in ARCHITECTURES:
            raise Unsupported(f"the architecture {architecture} is none of {', '.join(ARCHITECTURES)}")
        if DEVICE == "cpu" and config["dtype"] != "float32":
            raise Unsupported(f"{config['dtype']} needs a GPU")
        self.config = config
        # Tokenizer classes of transformers such as Qwen2Tokenizer replace parts of tokenizer.json, so the file itself is
        # used, and transformers renders chats only.
        self.tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.chats = transformers.PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True)
        self.model, loading = transformers.AutoModelForCausalLM.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=getattr(torch, config["dtype"]),
            attn_implementation="eager", output_loading_info=True)
        if loading["missing_keys"] or loading["mismatched_keys"]:
            # The library draws missing weights at random.
            raise Unsupported(f"the weights lack {sorted(loading['missing_keys']) or loading['mismatched_keys']}")
        self.model.eval()
        if untrained_seed is not None:
            draw_weights(self.model, untrained_seed)
        self.model.to(DEVICE)
        ends = self.model.generation_config.eos_token_id
        self.ends = set(ends if isinstance(ends, list) else [] if ends is None else [ends])

    def prompt(self, question):
        """Returns the text before a chain of thought: the question, plainly or as a chat, and the start of thinking."""
        if self.config["prompt"] == "plain":
            text = f"{self.chats.bos_token or ''}{question}\n"
        elif self.chats.chat_template:
            text = self.chats.apply_chat_template(
                [{"role": "user", "content": question}], tokenize=False, add_generation_prompt=True)
        else:
            raise Unsupported("the tokenizer has no chat template; use prompt: plain")
        return text if text.rstrip().endswith(START_OF_THINKING) else f"{text}{START_OF_THINKING}\n"

    def tokens(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def text(self, tokens):
        return self.tokenizer.decode(tokens, skip_special_tokens=False)

    def last_streams(self, texts, layer):
        """Returns the residual stream after a block at the last token of each text: (texts, width), double precision."""
        streams = []
        with self._hook(layer, lambda stream: streams.append(stream[:, -1].double().cpu())):
            for _ in self._last_logits(texts):
                pass
        return torch.cat(streams)

    def last_logits(self, texts, layer=None, vector=None):
        """Returns the logits after each text: (texts, vocabulary), double precision.

        With a vector, it is added to the residual stream after a block at the last token.
        """
        def add(stream):
            stream[:, -1] += vector.to(stream)

        with self._hook(layer, add) if vector is not None else contextlib.nullcontext():
            return torch.cat(list(self._last_logits(texts)))

    def write(self, texts, limit, draws, progress=lambda share: None):
        """Returns what the model writes after each text, up to the end of thinking and of the text, or `limit` tokens.

        draws: the random numbers for each text. They are used if the temperature is above 0.
        """
        written = []
        for part, tokens, mask, positions in self._batches(texts):
            rows = [[] for _ in part]
            going, cache = set(range(len(rows))), None
            for _ in range(limit):
                output = self.model(
                    input_ids=tokens, attention_mask=mask, position_ids=positions, past_key_values=cache,
                    use_cache=True, logits_to_keep=1)
                cache = output.past_key_values
                logits = output.logits[:, -1].double().cpu()
                tokens = torch.tensor([[self._next(row, draws[len(written) + i])] for i, row in enumerate(logits)])
                for i in sorted(going):
                    token = tokens[i].item()
                    if token in self.ends:
                        going.discard(i)
                        continue
                    rows[i].append(token)
                    if END_OF_THINKING in self.text(rows[i][-8:]):
                        going.discard(i)
                if not going:
                    break
                tokens = tokens.to(DEVICE)
                mask = torch.cat([mask, torch.ones_like(tokens)], dim=1)
                positions = positions[:, -1:] + 1
            written += [self.text(row).split(END_OF_THINKING)[0] for row in rows]
            progress(len(written) / len(texts))
        return written

    def _next(self, logits, draws):
        temperature = self.config["temperature"]
        if temperature == 0:
            return logits.argmax().item()
        sums = (logits / temperature).softmax(-1).cumsum(-1)
        return min(torch.searchsorted(sums, draws.uniform(), right=True).item(), len(sums) - 1)

    def _last_logits(self, texts):
        for _, tokens, mask, positions in self._batches(texts):
            output = self.model(
                input_ids=tokens, attention_mask=mask, position_ids=positions, use_cache=False, logits_to_keep=1)
            yield output.logits[:, -1].double().cpu()

    def _batches(self, texts):
        """Yields some texts with their tokens, padded on the left, their mask and their positions."""
        for first in range(0, len(texts), self.config["batch"]):
            part = texts[first:first + self.config["batch"]]
            rows = [self.tokens(text) for text in part]
            width = max(map(len, rows))
            tokens = torch.tensor([[0] * (width - len(row)) + row for row in rows])
            mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows])
            positions = (mask.cumsum(-1) - 1).clamp(min=0)
            yield part, tokens.to(DEVICE), mask.to(DEVICE), positions.to(DEVICE)

    def _hook(self, layer, use):
        """Calls `use` with the residual stream (texts, tokens, width) after a block, which it may change in place."""
        blocks = self.model.model.layers
        if not 0 <= layer < len(blocks):
            raise Unsupported(f"the model has blocks 0 to {len(blocks) - 1}, and no block {layer}")
        def hook(module, inputs, output):
            use(output[0] if isinstance(output, tuple) else output)
        return _Removing(blocks[layer].register_forward_hook(hook))


class _Removing(contextlib.AbstractContextManager):
    def __init__(self, handle):
        self.handle = handle

    def __exit__(self, *_):
        self.handle.remove()


def draw_weights(model, seed):
    """Replaces the weights by random ones: matrices are normally distributed, biases 0 and gains of norms 1.

    The normal numbers come from numpy's counter-based generator Philox, with the SHA-256 of the seed and the name of
    the matrix as its key.
    """
    for name, parameter in model.named_parameters():
        if parameter.dim() >= 2:
            key = int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:16], "little")
            normals = numpy.random.Generator(numpy.random.Philox(key=key)).standard_normal(
                tuple(parameter.shape), dtype=numpy.float32)
            parameter.copy_(torch.from_numpy(normals) * model.config.initializer_range)
        else:
            parameter.fill_(0 if name.endswith("bias") else 1)
