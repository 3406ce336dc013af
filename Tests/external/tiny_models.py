"""Builds tiny models of the Qwen2 and Llama architectures: with random weights, and with circuits set by hand.

The weights of a planted model are written down, not trained. Its residual stream has named parts, and each attention
head does one thing. Its MLPs are zero, unless it adds numbers.
"""

import json
import pathlib

import numpy
import tokenizers
import torch
import transformers

from second_network import CHAT

transformers.utils.logging.disable_progress_bar()

SPECIAL = ["[UNK]", "<s>", "<end>", "<think>", "</think>"]
WORDS = (
    "Use the numbers and to make Compute A professor thinks that answer is The user assistant Wait But yes not this"
    " hint . , : + - * = ( ) ; ..."
).split()
NUMBERS = [str(number) for number in range(120)]
VOCABULARY = SPECIAL + WORDS + NUMBERS
TOKEN = {word: index for index, word in enumerate(VOCABULARY)}


def save_tokenizer(folder, bos):
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(TOKEN, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "[UNK]", "eos_token": "<end>", "chat_template": CHAT,
        "clean_up_tokenization_spaces": False, **({"bos_token": "<s>"} if bos else {})}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


def save(model, folder, bos):
    folder = pathlib.Path(folder)
    model.save_pretrained(folder)
    save_tokenizer(folder, bos)
    return str(folder)


def random_model(folder, architecture, seed):
    """Saves a model with random weights, biases and gains.

    Qwen2: tied embeddings, biases, two heads for each key. Llama: untied embeddings, four heads for each key, and the
    scaled rotary frequencies of Llama 3.1.
    """
    sizes = dict(
        vocab_size=len(VOCABULARY), hidden_size=48, intermediate_size=80, num_hidden_layers=3, num_attention_heads=4,
        max_position_embeddings=512, initializer_range=0.25, eos_token_id=TOKEN["<end>"], bos_token_id=None,
        pad_token_id=None)
    if architecture == "qwen2":
        config = transformers.Qwen2Config(
            **sizes, num_key_value_heads=2, tie_word_embeddings=True,
            rope_parameters={"rope_type": "default", "rope_theta": 10000.0})
        model = transformers.Qwen2ForCausalLM(config)
    else:
        config = transformers.LlamaConfig(
            **sizes, num_key_value_heads=1, tie_word_embeddings=False,
            rope_parameters={
                "rope_type": "llama3", "rope_theta": 500.0, "factor": 8.0, "low_freq_factor": 1.0,
                "high_freq_factor": 4.0, "original_max_position_embeddings": 64})
        model = transformers.LlamaForCausalLM(config)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            normals = torch.randn(parameter.shape, generator=generator)
            # Larger embeddings than matrices keep the two most likely tokens apart.
            scale = 0.5 if "embed" in name or "lm_head" in name else 0.2
            parameter.copy_(1 + 0.1 * normals if name.endswith("norm.weight") else scale * normals)
    return save(model, folder, bos=architecture == "llama")


# Planted models. The stream: the code of the token, that of the token before it, those of two copied tokens, and flags.

CODE = 64
OWN, BEFORE, COPIED, TERM = (slice(place * CODE, (place + 1) * CODE) for place in range(4))
CONSTANT, SINK, GOES_ON, STOPS, NUMBER, THINKS, ANSWERS, EQUAL, WAS_EQUAL = range(4 * CODE, 4 * CODE + 9)
WIDTH = 276
HEAD = 128
THETA = 1e7
FREQUENCIES = THETA ** (-numpy.arange(HEAD // 2) / (HEAD // 2))
# Pairs of rotary dimensions: fast ones distinguish positions; slow ones hardly turn and hold the features by which
# tokens match.
FAST = range(12)
RECENT = 12
AT_THINK, AT_ANSWER, SCALAR = 29, 30, 31
SLOW = [*range(32, 64), *range(96, 128)]


def codes():
    """Returns a code of ±1 for each token. The cosine of two codes is at most 0.375."""
    generator = numpy.random.Generator(numpy.random.Philox(key=1))
    chosen = []
    while len(chosen) < len(VOCABULARY):
        code = generator.integers(0, 2, CODE) * 2.0 - 1
        if all(abs(code @ other) <= 0.375 * CODE for other in chosen):
            chosen.append(code)
    return numpy.array(chosen)


class Planted:
    """Weights set by hand. Each method adds the circuit for one effect."""

    def __init__(self, architecture="llama"):
        self.architecture = architecture
        self.code = codes()
        self.embed = numpy.zeros((len(VOCABULARY), WIDTH))
        self.head = numpy.zeros((len(VOCABULARY), WIDTH))
        self.blocks = [
            {part: numpy.zeros((3, HEAD, WIDTH)) for part in "qkv"} | {"o": numpy.zeros((3, WIDTH, HEAD))}
            for _ in range(3)]
        self.units = []
        self.embed[:, OWN] = self.code
        self.embed[:, CONSTANT] = 1
        for word in ("<s>", "user"):
            # The first token, which attention goes to if nothing matches. Nothing is copied from it.
            self.embed[TOKEN[word], OWN] = 0
            self.embed[TOKEN[word], SINK] = CODE**0.5
        for word in NUMBERS:
            self.embed[TOKEN[word], [NUMBER, STOPS if int(word) % 5 == 0 else GOES_ON]] = 1
        self.embed[TOKEN["professor"], STOPS] = 1
        self.embed[TOKEN["<think>"], THINKS] = 1
        self.embed[TOKEN["is"], ANSWERS] = 1
        self.previous(block=0, read=OWN, write=BEFORE)

    def has(self, part, *words):
        """Returns a row that is about 1 if the code in a part of the stream is that of one of the words."""
        row = numpy.zeros(WIDTH)
        row[part] = sum(self.code[TOKEN[word]] for word in words) / CODE
        return row

    def flag(self, place):
        row = numpy.zeros(WIDTH)
        row[place] = 1
        return row

    def previous(self, block, read, write):
        """Head 0 of a block copies a part of the stream from the token before."""
        weights = self.blocks[block]
        for pair in FAST:
            weights["k"][0, pair, CONSTANT] = 12
            weights["q"][0, pair, CONSTANT] = 12 * numpy.cos(FREQUENCIES[pair])
            weights["q"][0, pair + HEAD // 2, CONSTANT] = -12 * numpy.sin(FREQUENCIES[pair])
        self.copy(block, 0, read, write)

    def copy(self, block, head, read, write, scale=1.0):
        """Copies a part of the stream through a head; norms are undone roughly."""
        read, write = (numpy.atleast_1d(numpy.arange(WIDTH)[part]) for part in (read, write))
        for place in range(len(read)):
            self.blocks[block]["v"][head, place, read[place]] = 1
            self.blocks[block]["o"][head, write[place], place] = scale

    def equality(self):
        """The stream at a number says whether it equals the number after "make", and that after it says so too."""
        weights = self.blocks[1]
        for place, dimension in enumerate(SLOW):
            weights["q"][1, dimension, OWN.start + place] = 5
            weights["k"][1, dimension, OWN.start + place] = 5
        # An equal token scores 1600, one after "make" as much, and the first token 1.7 times that. The squared norm of the
        # stream of the first token is half that of others, so it is divided by less.
        weights["q"][1, SCALAR, CONSTANT] = 40
        weights["k"][1, SCALAR] = 40 * self.has(BEFORE, "make") + 1.2 * 40 / CODE**0.5 * self.flag(SINK)
        weights["v"][1, 0] = self.has(BEFORE, "make")
        weights["o"][1, EQUAL, 0] = 1
        self.previous(block=2, read=EQUAL, write=WAS_EQUAL)
        return self

    def wait_if_unequal(self):
        """"Wait" is the likely word after an unequal number, and unlikely after an equal one."""
        self.head[TOKEN["Wait"]] = 10 * self.flag(CONSTANT) - 20 * self.flag(WAS_EQUAL)
        return self

    def chain(self):
        """Writes the first number of the question, counts up to the next multiple of five, and ends the thinking."""
        self.copy_at_some_words(2, COPIED)
        self.look(AT_THINK, THINKS, self.has(BEFORE, "Compute"))
        self.head[:, COPIED] += 2 * self.code
        self.head[TOKEN["."]] += 1000 * self.flag(GOES_ON)
        self.head[TOKEN["</think>"]] += 1000 * self.flag(STOPS)
        for number in range(len(NUMBERS) - 1):
            if number % 5:
                self.head[TOKEN[str(number + 1)], BEFORE] += self.code[TOKEN[str(number)]]
        return self

    def copy_at_some_words(self, head, write):
        """A head of block 1 copies a token: the first one, from which nothing is copied, unless `look` says more."""
        self.blocks[1]["q"][head, SCALAR, CONSTANT] = 40
        self.blocks[1]["k"][head, SCALAR] = 20 / CODE**0.5 * self.flag(SINK)
        self.copy(1, head, OWN, write)

    def look(self, channel, flag, key, head=2):
        """At words with a flag, a head of block 1 copies the token at which the key is largest."""
        self.blocks[1]["q"][head, channel, flag] = 40
        self.blocks[1]["k"][head, channel] = 60 * key
        return self

    def answer_from_chain(self):
        """Answers with the last number of the chain: the nearest number after a point or the start of thinking."""
        weights = self.blocks[1]
        weights["q"][2, RECENT, ANSWERS] = 70
        weights["k"][2, RECENT, CONSTANT] = 70
        return self.look(AT_ANSWER, ANSWERS, self.has(BEFORE, ".", "<think>") + 0.6 * self.flag(NUMBER))

    def answer_from_question(self):
        return self.look(AT_ANSWER, ANSWERS, self.has(BEFORE, "Compute"))

    def answer_with_sum(self):
        """Answers with the sum of the first number and the one after "+". The last MLP has a unit for each pair."""
        self.answer_from_question()
        self.copy_at_some_words(0, TERM)
        self.look(AT_ANSWER, ANSWERS, self.has(BEFORE, "+"), head=0)
        for first in range(1, 21):
            for second in range(1, 21):
                both = self.has(COPIED, str(first)) + self.has(TERM, str(second)) - 1.5 * self.flag(CONSTANT)
                sum_code = numpy.zeros(WIDTH)
                sum_code[COPIED] = self.code[TOKEN[str(first + second)]]
                self.units.append((200 * both, self.flag(CONSTANT), sum_code))
        return self

    def answer_from_hint(self):
        """Answers with the hinted number, which stands after "is", or else with the first number of the question."""
        return self.look(AT_ANSWER, ANSWERS, self.has(BEFORE, "Compute") + 2 * self.has(BEFORE, "is"))

    def mention(self):
        """Starts the thinking with "professor" if the question has that word."""
        self.blocks[1]["k"][2, AT_THINK] += 240 * self.has(OWN, "professor")
        return self

    def save(self, folder):
        sizes = dict(
            vocab_size=len(VOCABULARY), hidden_size=WIDTH, intermediate_size=max(8, len(self.units)), num_hidden_layers=3,
            num_attention_heads=3, num_key_value_heads=3, head_dim=HEAD, max_position_embeddings=512,
            initializer_range=0.1, eos_token_id=TOKEN["<end>"], bos_token_id=None, pad_token_id=None,
            tie_word_embeddings=False, rope_parameters={"rope_type": "default", "rope_theta": THETA})
        if self.architecture == "qwen2":
            model = transformers.Qwen2ForCausalLM(transformers.Qwen2Config(**sizes))
        else:
            model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**sizes))
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.zero_()
            for name, parameter in model.named_parameters():
                if name.endswith("norm.weight"):
                    parameter.fill_(1)
            model.model.embed_tokens.weight.copy_(torch.from_numpy(self.embed))
            model.lm_head.weight.copy_(torch.from_numpy(self.head))
            for block, weights in zip(model.model.layers, self.blocks):
                for part in "qkv":
                    getattr(block.self_attn, f"{part}_proj").weight.copy_(
                        torch.from_numpy(weights[part].reshape(3 * HEAD, WIDTH)))
                block.self_attn.o_proj.weight.copy_(
                    torch.from_numpy(numpy.concatenate(list(weights["o"]), axis=1)))
            if self.units:
                gates, ups, downs = (torch.from_numpy(numpy.array(rows)) for rows in zip(*self.units))
                model.model.layers[2].mlp.gate_proj.weight.copy_(gates)
                model.model.layers[2].mlp.up_proj.weight.copy_(ups)
                model.model.layers[2].mlp.down_proj.weight.copy_(downs.T)
        # The circuits need a first token that is no word of the question.
        return save(model, folder, bos=True)
