#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""PyTorch eager at the work of `./freshet bench learn` and `./freshet bench decode`, for figures to hold beside theirs.

    pip install torch==2.7.1        the libtorch that Freshet's engine has
    ops/bench/peers/eager.py --out docs/results/peers/eager.json

A learner's step scores a batch, differentiates the clipped objective, clips the gradient's norm and updates by fused AdamW; a generation
samples 128 tokens in each of 64 rows into a key-value cache of fixed size. Decoder and sizes are those of `ModelSize`.
"""

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F

ROWS, TOKENS = 64, 128  # of a generation
WARM_UPS, ROUNDS, STEPS = 1, 5, 2


@dataclass(frozen=True)
class Size:
    layers: int
    width: int
    heads: int
    feed_forward: int
    vocabulary: int
    rows: int  # of a training batch
    length: int

    @property
    def head_width(self):
        return self.width // self.heads


SIZES = {"tiny": Size(4, 128, 4, 352, 64, 64, 64), "small": Size(8, 512, 8, 1376, 8192, 8, 256)}


class Decoder:
    """Weights and forward passes: norm, rotary attention, gated feed-forward, untied head."""

    def __init__(self, size, dtype=torch.float32):
        self.size = size
        d, f = size.width, size.feed_forward
        layer = [(d,), (3 * d, d), (d, d), (d,), (2 * f, d), (d, f)]
        shapes = [(size.vocabulary, d), *layer * size.layers, (d,), (size.vocabulary, d)]
        self.weights = [(torch.ones(s) if len(s) == 1 else torch.randn(s) * 0.02).to(dtype) for s in shapes]
        longest = max(TOKENS, size.length) + 1
        frequencies = 10_000.0 ** -(torch.arange(0, size.head_width, 2) / size.head_width)
        angles = torch.outer(torch.arange(longest), frequencies).repeat(1, 2)
        self.cos, self.sin = angles.cos().to(dtype), angles.sin().to(dtype)

    def layer(self, i):
        return self.weights[1 + 6 * i : 7 + 6 * i]

    def score(self, ids):
        """Log-probability of each of ids[:, 1:] given those before it, [rows, length]."""
        s, (rows, length) = self.size, (ids.shape[0], ids.shape[1] - 1)
        cos, sin = self.cos[:length], self.sin[:length]
        x = F.embedding(ids[:, :-1], self.weights[0])
        for i in range(s.layers):
            norm, qkv, out, norm_2, gate_up, down = self.layer(i)
            q, k, v = F.linear(rms(x, norm), qkv).view(rows, length, 3, s.heads, s.head_width).permute(2, 0, 3, 1, 4)
            o = F.scaled_dot_product_attention(rotate(q, cos, sin), rotate(k, cos, sin), v, is_causal=True)
            x = x + F.linear(o.transpose(1, 2).reshape(rows, length, s.width), out)
            x = x + feed_forward(rms(x, norm_2), gate_up, down)
        logits = F.linear(rms(x, self.weights[-2]), self.weights[-1])
        return torch.log_softmax(logits.float(), -1).gather(-1, ids[:, 1:, None]).squeeze(-1)

    def logits(self, tokens, position, keys, values):
        """Next-token logits of one token a row; writes its keys and values, [layers, rows, heads, TOKENS, head width]."""
        s, rows = self.size, tokens.shape[0]
        cos, sin = self.cos[position], self.sin[position]
        x = F.embedding(tokens, self.weights[0])
        for i in range(s.layers):
            norm, qkv, out, norm_2, gate_up, down = self.layer(i)
            q, k, v = F.linear(rms(x, norm), qkv).view(rows, 3, s.heads, s.head_width).unbind(1)
            keys[i, :, :, position] = rotate(k, cos, sin)
            values[i, :, :, position] = v
            o = F.scaled_dot_product_attention(
                rotate(q, cos, sin)[:, :, None], keys[i, :, :, : position + 1], values[i, :, :, : position + 1])
            x = x + F.linear(o.reshape(rows, s.width), out)
            x = x + feed_forward(rms(x, norm_2), gate_up, down)
        return F.linear(rms(x, self.weights[-2]), self.weights[-1]).float()


def rms(x, gain):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-5) * gain


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat([-b, a], -1) * sin


def feed_forward(x, gate_up, down):
    gate, up = F.linear(x, gate_up).chunk(2, -1)
    return F.linear(F.silu(gate) * up, down)


def learner(size, flavour):
    """A function that takes one step."""
    decoder = Decoder(size)
    for weight in decoder.weights:
        weight.requires_grad_()
    optimizer = torch.optim.AdamW(decoder.weights, lr=3e-4, betas=(0.9, 0.95), weight_decay=0.01, fused=True)
    ids = torch.randint(0, size.vocabulary, (size.rows, size.length + 1))
    behaviour = torch.full((size.rows, size.length), -math.log(size.vocabulary))
    advantage = torch.randn(size.rows, 1)

    def step():
        with torch.autocast("cpu", torch.bfloat16, enabled=flavour == "bf16"):
            log_probs = decoder.score(ids)
        ratio = torch.exp(log_probs - behaviour)
        loss = -torch.minimum(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(decoder.weights, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return loss.item()

    return step


def generator(size, flavour):
    """A function that samples a batch of completions."""
    dtype = torch.bfloat16 if flavour == "bf16" else torch.float32
    decoder = Decoder(size, dtype)
    shape = (size.layers, ROWS, size.heads, TOKENS, size.head_width)
    keys, values = torch.zeros(shape, dtype=dtype), torch.zeros(shape, dtype=dtype)

    @torch.inference_mode()
    def generate():
        tokens = torch.zeros(ROWS, dtype=torch.long)
        sampled, recorded = [], []
        for position in range(TOKENS):
            log_probs = torch.log_softmax(decoder.logits(tokens, position, keys, values), -1)
            cumulative = log_probs.exp().cumsum(-1)
            drawn = torch.rand(ROWS, 1) * cumulative[:, -1:]
            tokens = torch.searchsorted(cumulative, drawn).clamp_(max=size.vocabulary - 1)
            recorded.append(log_probs.gather(1, tokens))
            tokens = tokens.squeeze(1)
            sampled.append(tokens)
        return torch.stack(sampled, 1), torch.cat(recorded, 1)

    return generate


def rates(work, times, amount):
    """Amount a second, one a round."""
    found = []
    for _ in range(WARM_UPS + ROUNDS):
        work()
        start = time.perf_counter()
        for _ in range(times):
            work()
        found.append(amount * times / (time.perf_counter() - start))
    return found[WARM_UPS:]


def result(metric, values, unit, **holds_for):
    found = {"metric": metric, "value": statistics.median(values), "unit": unit, **holds_for}
    print(json.dumps(found), flush=True)
    return {**found, "min": min(values), "max": max(values), "rounds": len(values)}


def measure(sizes, flavours, threads):
    for name in sizes:
        for flavour in flavours:
            for count in threads:
                torch.set_num_threads(count)
                holds_for = {"size": name, "flavour": flavour, "threads": count}
                steps = rates(learner(SIZES[name], flavour), STEPS, 1)
                yield result("eager_learn_step", [1e3 / rate for rate in steps], "ms", **holds_for)
                tokens = rates(generator(SIZES[name], flavour), 1, ROWS * TOKENS)
                yield result("eager_decode_tokens_per_second", tokens, "tokens/s", **holds_for)


def cpu():
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the JSON file to write")
    parser.add_argument("--size", choices=SIZES, action="append", help="both unless given")
    parser.add_argument("--flavour", choices=["fp32", "bf16"], action="append", help="both unless given")
    parser.add_argument("--threads", type=int, action="append", help="1 and 2 unless given")
    chosen = parser.parse_args()
    torch.manual_seed(1)
    results = list(measure(chosen.size or SIZES, chosen.flavour or ["fp32", "bf16"], chosen.threads or [1, 2]))
    commit = subprocess.run(
        ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
        capture_output=True, text=True, check=False).stdout.strip()
    report = {
        "name": "eager",
        "commit": commit or "unknown",
        "torch": torch.__version__,
        "machine": {"cores": os.cpu_count(), "cpu": cpu(), "os": platform.system() + " " + platform.machine()},
        "sizes": {name: asdict(size) for name, size in SIZES.items()},
        "results": results,
    }
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
