"""Programs made to break a linter: each says what it would cost to take it at its word."""

from __future__ import annotations

_HEAD = "import numpy as np\nimport pandas as pd\nimport keras\nfrom keras import Sequential, Input\nfrom keras.layers import LSTM, Dense\n"


def _indented(lines: list[str], last: str) -> str:
    return "".join(f"{' ' * depth}{line}\n" for depth, line in enumerate(lines)) + f"{' ' * len(lines)}{last}\n"


NUMBERS = {
    "powers of powers": "x = 9**9**9\ny = 2**10000000\nz = (-2)**-(10**9)\nv = 10**10**10\nw = 0**-1\n",
    "shifts": "x = 1 << 10**9\ny = 1 << 10**9 << 10**9\nz = -1 >> -1\n",
    "a literal of 100,000 digits": f"x = {'9' * 100_000}\ny = x + 1\nz = {'1' * 100_000}.0\n",
    "floats without end": "x = 1e308 * 10\ny = x - x\nfor i in range(int(x)): pass\nz = int(y)\nw = round(x)\nv = x // 1\n",
    "complex": "x = (1 + 2j) ** 10**10\ny = int(x)\nz = x < 2\nw = x // 1\nnp.zeros(x)\n",
    "growing by doubling": "x = 1\n" + "x = x * x + x\n" * 3000,
    "growing in a loop": "x = 3\nfor i in range(10**9):\n    x = x ** x\n",
    "sizes multiplied": "n = len(u)\nm = len(v)\nx = n + m\n" + "x = x * (x + n)\n" * 200,
    "sizes divided": "n = len(u)\n" + "n = n // 2 + n % 3\n" * 500,
    "many symbols": "".join(f"n{i} = len(u{i})\n" for i in range(300))
    + "x = "
    + " + ".join(f"n{i}" for i in range(300))
    + "\ny = x * x * x\n",
    "bool as a size": "np.zeros(True)\nx = [0] * True\nLSTM(True)\nrange(True)\n",
}

TEXTS = {
    "a text repeated": "s = 'a' * 10**10\nt = '%99999999d' % 1\nu = 'a'.ljust(10**10)\nv = f'{1:>{10**9}}'\n",
    "a text doubled": "x = 'a'\n" + "x = x + x\n" * 3000 + "y = x * 3\n",
    "formats": "'{0:999999999}'.format(1)\n'%s' % ((),)\n'%d%d' % 1\n'{}'.format(*[1] * 10**9)\n'{0.__class__}'.format(1)\n",
    "joined": "x = ','.join(['a' * 5000] * 5000)\ny = x.split('a')\nz = 'a' * 9000\nw = z.replace('', z)\n",
    "a long text": f"x = '{'a' * 300_000}'\ny = list(x)\nz = x.split('a')\nw = x[::-1]\nfor c in x: pass\n",
    "surrogates and nulls": "x = '\\ud800\\x00'\nprint(x)\ny = x.encode()\nmodel = Sequential(name=x)\nmodel.add(LSTM(3, name=x))\n",
    "names in every alphabet": "ℌ = 3\nπ = ℌ\nモデル = Sequential([LSTM(π)])\nモデル.fit(データ)\n",
}

ARRAYS = {
    "larger than any memory": "a = np.zeros((10**9, 10**9))\nb = a.reshape(-1)\nc = np.ones((10**18,) * 5)\nd = np.tile(a, (10**9, 10**9))\n",
    "lists repeated": "e = [0] * 10**10\nf = [[0] * 10**6] * 10**6\ng = np.array(f)\nh = [[0] * 4000] * 4000\ni = np.array(h)\n",
    "repeated in place": "x = [1]\nfor i in range(40): x = x * 2\ny = [1] * 4096\nz = np.array([y] * 4096)\n",
    "negative and zero sizes": "np.zeros(-1)\nnp.zeros((0, -3))\nnp.zeros((3, 0)).reshape(-1, 0)\nnp.arange(0, 10, 0)\nnp.linspace(0, 1, -5)\n",
    "100 axes": "x = np.zeros((1,) * 100)\ny = np.zeros((2,) * 60)\ny.sum(axis=59)\ny.T @ y\nnp.transpose(x, range(100))\nx[(None,) * 100]\n",
    "many literals": "x = np.array([" + "[1, 2, 3],\n" * 5000 + "])\ny = x @ x.T\nz = x + 1\n",
    "products in a row": "x = np.zeros((3, 4))\n" + "x = x @ x.T + x\n" * 1000,
    "stacked on itself": "x = np.arange(9)\n"
    + "x = np.concatenate([x, x])\n" * 100
    + "y = np.outer(x, x)\nz = np.kron(y, y)\n",
    "broadcast to the sky": "x = np.arange(1000)\ny = x[:, None] + x\nz = y[:, :, None] * x\nw = np.broadcast_to(x, (10**9, 1000))\n",
    "ranges": "for i in range(10**100): x = i\nfor i in range(0, 10**9, 0): pass\nlist(range(10**12))\nsum(range(10**12))\nset(range(10**7))\n",
    "windows of everything": "x = np.arange(10**7)\nnp.lib.stride_tricks.sliding_window_view(x, 10**6)\n[x[i:i + 1000] for i in range(10**7 - 1000)]\n",
    "wide tables": "d = pd.DataFrame({i: [1] for i in range(1000)})\nd.shift(1)\npd.concat([d] * 1000, axis=1)\npd.get_dummies(d)\nd.loc[:, 3]\n",
    "vocabularies": "np.eye(10**9)\nkeras.utils.to_categorical(np.arange(10**6), 10**9)\nnp.unique(np.arange(10**6))\n",
}

CONTAINERS = {
    "a list in itself": "l = []\nl.append(l)\nprint(l == l)\nx = [l, l]\nnp.array(l)\nlen(l)\nfor a in l: pass\nl2 = l + l\nmodel.fit(l)\nsorted(l)\nstr(l)\n",
    "a dict in itself": "d = {}\nd['d'] = d\nf(**d)\nnp.array(d)\nlist(d.items())\npd.DataFrame(d)\nd2 = {**d}\n",
    "an object in itself": "class A: pass\na = A()\na.a = a\na.l = [a]\nnp.array(a.l)\nmodel.fit(a)\nlen(a)\n",
    "tuples doubled": "x = (1,)\n"
    + "x = (x, x)\n" * 60
    + "y = np.array(x)\nprint(x == x)\nmodel.fit(x)\nsorted(x)\nlen(x)\n",
    "lists doubled": "x = [1]\n" + "x = x + x\n" * 3000,
    "lists of lists doubled": "x = [1]\n"
    + "x = [x, x]\n" * 60
    + "y = np.array(x)\nz = [*x, *x]\nmodel.fit(x, x)\nmax(x)\nsum(x, [])\n",
    "columns doubled": "x = np.random.rand(300, 1)\n"
    + "x = np.hstack([x, x])\n" * 40
    + "keras.utils.timeseries_dataset_from_array(x, targets=np.zeros(300), sequence_length=8)\n",
    "places doubled": "X, y = np.zeros((300, 4, 2)), np.zeros(300)\nm = Sequential([LSTM(3), Dense(1)])\nm.compile('adam', 'mse')\n"
    + "for i in range(9):\n    a = i\n"
    + "    a = a + a\n" * 60
    + "    m.train_on_batch(X[a : a + i + 8], y[a : a + i + 8])\n",
    "widened in a loop": "x = []\nfor i in range(1000):\n    x = [x, x]\n    y = (x,)\n",
    "a dict of 5000": "d = {}\n" + "".join(f"d[{i}] = {i}\n" for i in range(5000)) + "{**d, **d}\nlist(d)\n",
    "a dict merged with itself": "d = {i: i for i in range(200)}\n"
    + "d = {**d, 'k': d}\n" * 100
    + "model.fit(d)\nd == d\n",
    "comprehensions inside comprehensions": "x = [[[[i * j * k * l for i in range(200)] for j in range(200)] for k in range(200)] for l in range(200)]\n",
    "comprehensions side by side": "x = [i for a in range(200) for b in range(200) for c in range(200) for i in range(200)]\n",
    "unpacking": "a, *b, c = range(10**9)\n(x, y), z = 1, 2\nfor a, b in 5: pass\ndel q\nx[0][1][2] = 3\n*a, = 5\n() = ()\n[] = x\n",
    "stars": "f(*range(10**9))\nf(**{str(i): i for i in range(1000)})\nprint(*[[1] * 4000] * 4000)\nx = [*range(4000)] * 2\ny = [*x, *x, *x]\n",
    "zip of everything": "zip(*[range(1000)] * 1000)\nx = list(zip(*[[1] * 1000] * 1000))\nlist(enumerate(x))\nlist(map(list, x))\nnp.array(x)\n",
    "sorted by a function": "sorted(range(1000), key=lambda x: sorted(range(1000), key=lambda y: x))\n",
    "a hash that Python refuses": "d = {[1]: 2, {}: 3}\ns = {[], {}}\nx = d[[1]]\nd[{}] = 1\n{1, 1.0, True}\n{1: 'a', 1.0: 'b', True: 'c'}\n",
}

CALLS = {
    "an exponential call tree": "def f0(x): return x\n"
    + "".join(f"def f{i}(x):\n    return f{i - 1}(x) + f{i - 1}(x)\n" for i in range(1, 60))
    + "f59(1)\n",
    "wide and deep": "def f0(x): return [x] * 10\n"
    + "".join(f"def f{i}(x):\n    return [f{i - 1}(a) for a in f{i - 1}(x)]\n" for i in range(1, 20))
    + "f19(1)\n",
    "recursion": "def f(n):\n    return f(n - 1) + f(n - 2)\nf(100)\ndef a(n): return b(n)\ndef b(n): return a(n)\na(1)\n",
    "many functions that call each other": "".join(
        f"def f{i}(x):\n    return f{(i * 7 + 1) % 40}(x), f{(i * 3 + 2) % 40}(x)\n" for i in range(40)
    )
    + "f0(1)\n",
    "lambdas that call themselves": "f = lambda x: x(x)\nf(f)\nY = lambda f: (lambda x: f(lambda v: x(x)(v)))(lambda x: f(lambda v: x(x)(v)))\nY(lambda s: lambda n: s(n - 1))(5)\n",
    "Ackermann": "def A(m, n):\n    return n + 1 if m == 0 else (A(m - 1, 1) if n == 0 else A(m - 1, A(m, n - 1)))\nA(4, 4)\n",
    "a decorator of itself": "def d(f):\n    return d(d)\n@d\n@d\ndef g(): pass\ng()()()\n",
    "a function with 500 parameters": f"def f({', '.join(f'a{i}=f' for i in range(500))}):\n    return a0(a1)\nf()\n",
    "a default that calls": "def f(x=len):\n    return x(x)\nf(f)\nf(x=f(f))\n",
    "classes that derive from themselves": "class A(A): pass\nclass B(B):\n    def __init__(self): self.x = B()\nB()\nclass C:\n    def __getattr__(self, n): return self.q\n    @property\n    def p(self): return self.p\nC().p\n",
    "special methods without end": "class A:\n    def __len__(self): return len(self)\n    def __getitem__(self, i): return self[i]\n    def __add__(self, o): return self + o\n    def __call__(self): return self()\n    def __iter__(self): return iter(self)\na = A()\nlen(a)\na[0]\na + a\na()\nlist(a)\nfor x in a: pass\n",
    "a chain of 100 classes": "class C0: n = 1\n"
    + "".join(f"class C{i}(C{i - 1}, C{i - 1}): n: int\n" for i in range(1, 100))
    + "C99(1, 2, 3).n\nC99().m\n",
    "super of super": "class A:\n    def f(self): return super().f()\nclass B(A):\n    def f(self): return super(A, self).f()\nB().f()\nsuper().f()\n",
    "partial of partial": "from functools import partial\np = partial\n" + "p = partial(p, p)\n" * 100 + "p()()\n",
    "generators": "def g():\n    yield from g()\n    yield g()\nlist(g())\nnext(g())\nmodel.fit(g())\nfor x in g():\n    for y in x: pass\n",
    "eval and exec": "eval('1' * 10**6)\nexec('while True: pass')\n__import__('os').system('true')\ngetattr(np, 'zeros')((10**9,) * 9)\n",
}

LOOPS = {
    "12 loops inside loops": "def f(x):\n"
    + "".join(f"{' ' * (i + 1)}for i{i} in range(10):\n" for i in range(12))
    + " " * 13
    + "x = x + 1\nf(0)\n",
    "15 long loops inside loops": "x = []\n"
    + _indented([f"for i{i} in range(10**9):" for i in range(15)], "x.append(1)"),
    "while True": _indented(["while True:"] * 12, "x = 1"),
    "loops side by side": "x = [0] * 40\n" + "for i in x:\n    for j in x:\n        np.zeros(3)\n" * 50,
    "short loops multiply": _indented([f"for i{i} in [1, 2, 3]:" for i in range(14)], "x = np.zeros(i0)"),
    "breaks under conditions": _indented(
        [f"for i{i} in [1, 2, 3]:" for i in range(8)],
        "\n".join(f"{' ' * 8 * bool(k)}if u{k}: break" for k in range(30)),
    ),
    "a loop over what it changes": "l = [1]\nfor x in l:\n    l.append(x)\nd = {1: 1}\nfor k in d:\n    d[k + 1] = 1\nwhile l:\n    l.append(1)\n",
    "a branch for each of 3000": "x = 0\n"
    + "".join(f"if u{i}:\n    x = x + {i}\nelse:\n    x = x - {i}\n" for i in range(3000)),
    "90 branches inside branches": _indented([f"if u{i}:" for i in range(90)], "x = 1"),
    "elif 500 times": "if u:\n    x = 0\n" + "".join(f"elif u{i}:\n    x = {i}\n" for i in range(500)),
    "conditions double what is possible": "".join(f"if a{i}:\n    f = LSTM({i})\n" for i in range(200)) + "f(3)\n",
    "functions chosen by conditions": "def f0(): return 1\n"
    + "".join(f"def f{i}():\n    g = f{i - 1} if a{i} else f{i - 1}\n    return g() + g()\n" for i in range(1, 40))
    + "f39()\n",
    "try inside try": _indented(["try:"] * 15, "x = 1")
    + "".join(f"{' ' * (14 - i)}finally:\n{' ' * (15 - i)}y = {i}\n" for i in range(15)),
    "match of everything": "match u:\n"
    + "".join(f"    case [{i}, *rest] | {{'a': rest}} | A(x=rest):\n        y = rest\n" for i in range(200)),
    "5000 names": "".join(f"x{i} = np.zeros({i})\n" for i in range(5000)),
    "1000 imports": "".join(f"from keras.layers.a{i} import b{i}\nimport c{i}.d\n" for i in range(500)),
}

MODELS = {
    "1500 layers": "m = Sequential()\n"
    + "m.add(LSTM(5, return_sequences=True))\n" * 1500
    + "m.compile('adam', 'mse')\n"
    + "m.fit(X, y)\n" * 300,
    "layers in a loop": "m = Sequential()\nfor i in range(10**6):\n    m.add(LSTM(10**9))\n    m.fit(X, y)\n",
    "a model in itself": "m = Sequential()\nm.add(m)\nm.fit(x, y)\nn = Sequential([m, m])\nm.add(n)\nn.predict(x)\nm.summary()\n",
    "models doubled": "m = Sequential([Dense(3)])\n"
    + "m = Sequential([m, m])\n" * 40
    + "m.fit(np.zeros((3, 3)), np.zeros((3, 3)))\n",
    "500 models inside models": "m = Sequential([Dense(3)])\n"
    + "m = Sequential([m])\n" * 500
    + "m.fit(np.zeros((3, 3)), np.zeros((3, 3)))\n",
    "tensors doubled": "x = Input((3,))\n" + "x = x + x\n" * 500 + "m = keras.Model(x, x)\nm.fit(X, y)\n",
    "functional models doubled": "i = Input((3,))\nm = keras.Model(i, Dense(3)(i))\n"
    + "i = Input((3,))\nm = keras.Model(i, m(m(i)))\n" * 25
    + "m.fit(X, y)\n",
    "a call that calls itself": "class M(keras.Model):\n    def call(self, x): return self(x)\nM()(np.zeros((2, 3)))\nM().fit(np.zeros((2, 3)))\nclass L(keras.layers.Layer):\n    def call(self, x):\n        return L()(x)\nL()(Input((3,)))\n",
    "a layer that builds itself": "class L(keras.layers.Layer):\n    def build(self, s):\n        self.build(s)\n        self.inner = L()\n    def call(self, x):\n        return self.inner(L()(x))\nL()(Input((3,)))\nSequential([L() for i in range(30)]).fit(X, y)\n",
    "wrappers inside wrappers": "from keras.layers import Bidirectional, TimeDistributed\nl = LSTM(3)\n"
    + "l = TimeDistributed(l)\n" * 80
    + "Sequential([Input((3, 3)), l]).fit(X)\nBidirectional(Bidirectional(Bidirectional(l)))\n",
    "wrong sizes": "Sequential([Input((-1, 10**30)), LSTM(-5), LSTM(0), LSTM(None), LSTM('a'), LSTM([3]), LSTM(2.5), LSTM(10**400)])\n",
    "wrong shapes": "Sequential([LSTM(3, input_shape=3), LSTM(3, input_shape=()), LSTM(3, input_shape=((1,), 2))])\nInput(shape=None)\nInput(5)\nInput((1,) * 100)\n",
    "fits everywhere": "m = Sequential([Input((3, 1)), LSTM(3)])\n" + "m.fit(np.zeros((5, 3, 1)), np.zeros(5))\n" * 500,
    "a callback that fits": "class C(keras.callbacks.Callback):\n    def on_epoch_end(self, e, logs=None):\n        self.model.fit(X, y, callbacks=[C()])\nm = Sequential([LSTM(3)])\nm.fit(X, y, callbacks=[C(), C()])\n",
    "a Lambda of itself": "from keras.layers import Lambda\nf = lambda x: Lambda(f)(x)\nLambda(f)(Input((3,)))\n",
    "an rnn cell of cells": "from keras.layers import RNN, StackedRNNCells, LSTMCell\nc = LSTMCell(3)\n"
    + "c = StackedRNNCells([c, c])\n" * 20
    + "RNN(c)(Input((3, 3)))\n",
}

_SMALL = "X, y = np.zeros((6, 5, 1)), np.zeros((6, 1))\nm = Sequential([Input((5, 1)), LSTM(4), Dense(1)])\n"
#: What mutants of fixtures broke.
BROKEN = {
    "a batch of no samples": "X = np.zeros((6, 5, 1))\nm = Sequential([Input(batch_shape=(0, 5, 1)), LSTM(4, stateful=True)])\n"
    + "m.fit(X, np.zeros((6, 4)), batch_size=1, shuffle=False)\n",
    "compiled for ever": _SMALL + "while True:\n    m.compile('adam', 'mse')\nm.fit(X, y)\n",
    "compiled in one way or the other": _SMALL
    + "if u:\n    m.compile('adam', 'mse', metrics=['mae'])\nelse:\n    m.compile('sgd', u)\nh = m.fit(X, y)\nh.history['mae']\n",
}

TABLES = {
    "numbers": NUMBERS,
    "texts": TEXTS,
    "arrays": ARRAYS,
    "containers": CONTAINERS,
    "calls": CALLS,
    "loops": LOOPS,
    "models": MODELS,
    "mutants": BROKEN,
}


def bombs() -> dict[str, str]:
    """Every program under its name, with the usual imports."""
    return {f"{kind}: {what}": _HEAD + text for kind, table in TABLES.items() for what, text in table.items()}


#: Each is written ``depth`` times around or behind itself.
NESTINGS = {
    "parentheses": lambda n: "x = " + "(" * n + "1" + ")" * n,
    "lists": lambda n: "x = " + "[" * n + "]" * n,
    "dicts": lambda n: "x = " + "{1: " * n + "1" + "}" * n,
    "tuples": lambda n: "x = " + "(" * n + "1" + ",)" * n,
    "calls": lambda n: "x = " + "f(" * n + ")" * n,
    "calls of calls": lambda n: "x = f" + "()" * n,
    "indices": lambda n: "x = a" + "[0]" * n,
    "indices of indices": lambda n: "x = " + "a[" * n + "0" + "]" * n,
    "attributes": lambda n: "x = a" + ".a" * n,
    "sums": lambda n: "x = 1" + " + 1" * n,
    "sums of lists": lambda n: "x = [1]" + " + [1]" * n,
    "powers": lambda n: "x = 1" + " ** 1" * n,
    "comparisons": lambda n: "x = 1" + " < 2" * n,
    "ands": lambda n: "x = a" + " and a" * n,
    "ands and ors": lambda n: "x = a" + " and a or a" * n,
    "negations": lambda n: "x = " + "-" * n + "1",
    "nots": lambda n: "x = " + "not " * n + "1",
    "conditions": lambda n: "x = 1" + " if a else 1" * n,
    "lambdas": lambda n: "x = " + "lambda: " * n + "1",
    "awaits of texts": lambda n: "x = " + "'a' " * n,
    "f-strings": lambda n: "x = " + "f'{a}' " * n,
    "comprehensions": lambda n: "x = " + "[" * n + "1" + " for i in a]" * n,
    "fors in a comprehension": lambda n: "x = [1" + " for i in [1, 2]" * n + "]",
    "targets": lambda n: "x = " * n + "1",
    "unpacked targets": lambda n: "(" * n + "x" + ",)" * n + " = a",
    "slices": lambda n: "x = a" + "[1:]" * n,
    "stars": lambda n: "x = " + "[*" * n + "a" + "]" * n,
    "walrus": lambda n: "".join(f"(x{i} := " for i in range(n)) + "1" + ")" * n,
    "functions": lambda n: _indented([f"def f{i}():" for i in range(n)], "return 1"),
    "classes": lambda n: _indented([f"class A{i}:" for i in range(n)], "x = 1"),
    "withs": lambda n: _indented(["with a:"] * n, "x = 1"),
    "layers": lambda n: _HEAD + "x = Sequential([" * n + "])" * n,
    "layer calls": lambda n: _HEAD + "x = " + "Dense(3)(" * n + "Input((3,))" + ")" * n,
    "array methods": lambda n: _HEAD + "x = np.zeros(3)" + ".reshape(3)" * n,
    "arrays of arrays": lambda n: _HEAD + "x = " + "np.array([" * n + "1" + "])" * n,
}  # fmt: skip
