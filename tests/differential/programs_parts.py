"""The parts of a generated script around its layers: spoiled data, splits, input shapes, compile, training."""

from __future__ import annotations

from tests.differential import programs_models as models
from tests.differential.programs_data import Plan


def slip(plan: Plan, name: str) -> bool:
    """Whether the planned mistake is this one; made only once."""
    if plan.mistake != name:
        return False
    plan.mistake = ""
    return True


def spoil_data(plan: Plan) -> None:
    t, f = plan.spell(plan.steps), plan.spell(plan.features)
    if slip(plan, "rank"):
        plan.say(plan.one_of("X = X[:, 0]", "X = X.reshape(len(X), -1)", "X = X[..., np.newaxis]", "X = X[np.newaxis]"))
    if slip(plan, "swapped axes"):
        plan.say(plan.one_of("X = X.transpose(0, 2, 1)", f"X = X.reshape(-1, {f}, {t})", "X = np.swapaxes(X, 1, 2)"))
    if slip(plan, "samples"):
        plan.say(plan.one_of("X = X[1:]", "y = y[:-1]", "X = X[:len(X) // 2]", "y = y[2:]"))
    if slip(plan, "bad reshape"):
        plan.say(plan.one_of(f"X = X.reshape(X.shape[0], {t}, {plan.features + 1})", "X = X.reshape(-1, 97, 101)"))


def split_data(plan: Plan) -> tuple[str, str, str]:
    """Names of what is trained on and of what is predicted from."""
    match plan.dice.randrange(5):
        case 0:
            plan.say(f"split = int(len(X) * {plan.one_of(0.8, 0.67, 0.5)})")
            plan.say("X_train, X_test = X[:split], X[split:]", "y_train, y_test = y[:split], y[split:]")
        case 1:
            plan.imports.add("from sklearn.model_selection import train_test_split")
            size = plan.one_of("test_size=0.2", "test_size=0.33, random_state=1", "test_size=0.25, shuffle=False")
            plan.say(f"X_train, X_test, y_train, y_test = train_test_split(X, y, {size})")
        case 2:
            plan.say("X_train, y_train = X[:-2], y[:-2]", "X_test = X[-2:]")
        case _:
            return "X", "y", plan.one_of("X", "X[:3]", "X[-2:]")
    return "X_train", "y_train", "X_test"


def input_shape(plan: Plan) -> str:
    t, f = plan.steps, plan.features
    words = (plan.spell(t), plan.spell(f))
    if slip(plan, "features"):
        return f"({words[0]}, {f + plan.dice.randrange(1, 3)})"
    if slip(plan, "steps"):
        return f"({t + plan.dice.randrange(1, 3)}, {words[1]})"
    if slip(plan, "batch in shape"):
        return plan.one_of(f"({plan.samples}, {words[0]}, {words[1]})", "X.shape", f"(None, {words[0]}, {words[1]})")
    if slip(plan, "whole shape"):
        return plan.one_of("(X.shape[0], X.shape[1])", f"({words[0]},)", "(X.shape[1],)", f"({t})")
    return plan.one_of(
        *[f"({words[0]}, {words[1]})"] * 3, "(X.shape[1], X.shape[2])", "X.shape[1:]", f"(None, {words[1]})"
    )


def build(plan: Plan, layers: list[str], shape: str) -> None:
    styles = models.STYLES if shape else (models.sequential_list, models.sequential_add)
    lines = plan.dice.choice(styles)(plan, layers, shape)
    lines.append(compiled(plan))
    if plan.chance(3):
        name = plan.one_of("build_model", "create_model", "make_model")
        plan.say(f"def {name}():", *(f"    {line}" for line in lines), "    return model", "", f"model = {name}()")
    else:
        plan.say(*lines)
    if plan.chance(5):
        plan.say("model.summary()")


def compiled(plan: Plan) -> str:
    losses = {"binary": ("binary_crossentropy",), "onehot": ("categorical_crossentropy",)}
    losses |= {"ids": ("sparse_categorical_crossentropy",)}
    usual = losses.get(plan.labels, ("mse", "mean_squared_error", "mae", "mean_absolute_error", "huber"))
    everything = ("mse", "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")
    loss = plan.one_of(*everything) if slip(plan, "loss") else plan.one_of(*usual)
    optimizer = plan.one_of("'adam'", "'rmsprop'", "keras.optimizers.Adam(learning_rate=0.01)", "'sgd'")
    metrics = plan.one_of(
        "",
        "",
        ", metrics=['mae']" if plan.labels == "real" else "",
        ", metrics=['accuracy']" if plan.labels != "real" else "",
    )
    return f"model.compile(loss='{loss}', optimizer={optimizer}{metrics})"


def train(plan: Plan, x: str, y: str, test: str) -> None:
    if slip(plan, "labels"):
        y = plan.one_of(
            f"{y}[:, 0]" if plan.target else f"{y}[:, None]", f"np.column_stack([{y}.reshape(len({y}), -1)] * 2)"
        )
    given = f"{x}.tolist()" if slip(plan, "lists") else x
    words = plan.one_of(
        "", "", ", batch_size=4", ", batch_size=8, shuffle=False", ", validation_split=0.2", ", batch_size=1"
    )
    assigned = plan.one_of("", "", "history = ")
    split = x != test and "y_test" in "\n".join(plan.lines)
    if split and slip(plan, "validation"):
        words = f", validation_data={_held_out_wrongly(plan, test)}"
    elif split and plan.chance(2):
        words = f", validation_data=({test}, y_test)"
    if plan.chance(3):
        plan.say(plan.one_of(f"print({x}.shape, {y}.shape)", f"print('X', {x}.shape)", f"assert len({x}) > 0"))
    plan.say(f"{assigned}model.fit({given}, {y}, epochs={plan.one_of(1, 1, 2)}{words})")
    if plan.chance(3):
        plan.say(f"score = model.evaluate({x}, {y})")
    if plan.chance(4):
        return
    plan.say(f"p = model.predict({_asked(plan, x, test)})")


def _held_out_wrongly(plan: Plan, test: str) -> str:
    pairs = [f"({test}[1:], y_test)", f"({test}, y_test[:-1])", f"({test}[0], y_test)", f"({test}[:, :1], y_test)"]
    pairs += [f"({test}[:, :, :1], y_test)", f"({test}.reshape(len({test}), -1), y_test)"]
    pairs += [f"({test}, np.column_stack([y_test.reshape(len(y_test), -1)] * 2))", f"[{test}, y_test[:2]]"]
    return plan.dice.choice(pairs)


def _asked(plan: Plan, x: str, test: str) -> str:
    if slip(plan, "predict one"):
        return plan.one_of(f"{x}[0]", f"{x}[-1]", f"{x}[0, :, :]")
    if slip(plan, "predict features"):
        return plan.one_of(f"{x}[:, :, :1]", f"np.random.rand(2, {plan.steps}, {plan.features + 1})", f"{x}[:, :1]")
    return plan.one_of(test, test, f"{x}[:1]", f"{x}[0:1]", f"np.array([{x}[0]])", f"np.expand_dims({x}[0], 0)")
