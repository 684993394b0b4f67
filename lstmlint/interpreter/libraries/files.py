"""Files, paths and what is read from them: nothing that is known before the program runs, but of which kind it is."""

from __future__ import annotations

from lstmlint.interpreter.dims import symbol_dim
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.values import Const, Reference, Sequence, Unknown, Value


@function("os.path.join posixpath.join", "*args")
def join(call: Call) -> Value:
    """Known where the parts are and none is absolute."""
    parts = call.items("args") or ()
    texts = [part.value for part in parts if isinstance(part, Const) and isinstance(part.value, str)]
    if len(texts) == len(parts) and texts and not any(text.startswith("/") or "\\" in text for text in texts[1:]):
        return Const("/".join(text.rstrip("/") if i < len(texts) - 1 else text for i, text in enumerate(texts)))
    return Unknown("a path", call.made(*parts))


@function(
    "os.path.dirname os.path.abspath os.path.basename os.path.realpath os.path.expanduser os.getcwd os.getenv "
    "os.path.normpath os.path.relpath os.environ.get tempfile.mkdtemp os.path.getsize os.path.getmtime",
    "*args, **kwargs",
)
def path(call: Call) -> Value:
    return Unknown("a path", call.made(*(call.items("args") or ())))


@function("os.path.exists os.path.isfile os.path.isdir", "path")
def exists(call: Call) -> Value:
    return call.unknown("whether a file is there")


@function("os.listdir glob.glob os.walk os.scandir os.path.split os.path.splitext", "*args, **kwargs")
def listing(call: Call) -> Value:
    names = Sequence("list", None, symbol_dim("files"), Unknown("the name of a file"), call.made())
    return call.unknown("the parts of a path") if ".path." in call.name else call.machine.new_list(names)


@function(
    "os.makedirs os.mkdir os.remove os.chdir os.system os.environ.setdefault shutil.rmtree shutil.copy shutil.move "
    "pickle.dump json.dump joblib.dump time.sleep warnings.filterwarnings warnings.simplefilter gc.collect "
    "logging.basicConfig os.rename os.rmdir sys.path.append sys.path.insert csv.writer",
    "*args, **kwargs",
)
def done(call: Call) -> Value:
    return Const(None, call.made(*(call.items("args") or ())))


@function(
    "pickle.load pickle.loads json.load json.loads joblib.load yaml.load yaml.safe_load dill.load cPickle.load "
    "scipy.io.loadmat scipy.io.wavfile.read h5py.File",
    "*args, **kwargs",
)
def load(call: Call) -> Value:
    return Unknown(f"what {call.name} reads from a file", call.made(*(call.items("args") or ())))


@function("csv.reader csv.DictReader", "file, *args, **kwargs")
def reader(call: Call) -> Value:
    """A list of texts for each line."""
    row = Sequence(
        "list", None, symbol_dim("columns", 1), Unknown("a field of a CSV", call.made(call["file"]), text=True)
    )
    return Sequence("list", None, symbol_dim("lines"), row, call.made(call["file"]))


@function("time.time time.perf_counter time.process_time datetime.datetime.now time.strftime", "*args")
def now(call: Call) -> Value:
    return call.unknown("the time")


@function("logging.getLogger", "*args")
def logger(call: Call) -> Value:
    return Reference("logging.Logger", {}, call.made())


@method("logging.Logger", "info debug warning error setLevel addHandler exception critical", "*args, **kwargs")
def log(call: Call) -> Value:
    return Const(None)
