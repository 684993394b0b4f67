"""What a rule is made of: the only module that rules import.

A rule file holds one ``rule = Rule(...)`` and functions decorated with ``@rule.on(Fact)`` which are given one fact and
all the facts of the file, and yield findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from lstmlint.experiments import SCALERS as SCALERS
from lstmlint.experiments import Change as Change
from lstmlint.experiments import Claim as Claim
from lstmlint.experiments import Cure as Cure
from lstmlint.experiments import Experiment as Experiment
from lstmlint.experiments import Lookup as Lookup
from lstmlint.experiments import Tagged as Tagged
from lstmlint.facts import Facts as Facts
from lstmlint.facts import Import as Import
from lstmlint.interpreter.dims import Comparison as Comparison
from lstmlint.interpreter.dims import Dim as Dim
from lstmlint.interpreter.dims import compare as compare
from lstmlint.interpreter.dims import differ as differ
from lstmlint.interpreter.dims import least as least
from lstmlint.interpreter.dims import same as same
from lstmlint.interpreter.values import Array as Array
from lstmlint.interpreter.values import Const as Const
from lstmlint.interpreter.values import Made as Made
from lstmlint.interpreter.values import Mapped as Mapped
from lstmlint.interpreter.values import Reference as Reference
from lstmlint.interpreter.values import Sequence as Sequence
from lstmlint.interpreter.values import Size as Size
from lstmlint.interpreter.values import Slice as Slice
from lstmlint.interpreter.values import Table as Table
from lstmlint.interpreter.values import Tensor as Tensor
from lstmlint.interpreter.values import Unknown as Unknown
from lstmlint.interpreter.values import Value as Value
from lstmlint.interpreter.values import history as history
from lstmlint.keras_model.graph import Layer as Layer
from lstmlint.keras_model.graph import Model as Model
from lstmlint.keras_model.graph import Node as Node
from lstmlint.keras_model.graph import Problem as Problem
from lstmlint.keras_model.graph import Why as Why
from lstmlint.keras_model.graph import all_layers as all_layers
from lstmlint.keras_model.graph import array_shape_text as array_shape_text
from lstmlint.keras_model.graph import dim_of as dim_of
from lstmlint.keras_model.graph import shape_text as shape_text
from lstmlint.keras_model.removed import POSITIONS as POSITIONS
from lstmlint.keras_model.removed import REMOVED_LAYERS as REMOVED_LAYERS
from lstmlint.keras_model.removed import REMOVED_METHODS as REMOVED_METHODS
from lstmlint.keras_model.removed import Removed as Removed
from lstmlint.keras_model.removed import removed_argument as removed_argument
from lstmlint.keras_model.removed import removed_name as removed_name
from lstmlint.keras_model.training import Compile as Compile
from lstmlint.keras_model.training import LibraryCall as LibraryCall
from lstmlint.keras_model.training import Loop as Loop
from lstmlint.keras_model.training import Reset as Reset
from lstmlint.keras_model.training import Run as Run
from lstmlint.questions.aims import Aim as Aim
from lstmlint.questions.aims import Aimed as Aimed
from lstmlint.questions.aims import misaimed as misaimed
from lstmlint.questions.aims import of_two_vocabularies as of_two_vocabularies
from lstmlint.questions.alignment import Aligned as Aligned
from lstmlint.questions.alignment import aligned as aligned
from lstmlint.questions.alignment import step_of_sample as step_of_sample
from lstmlint.questions.axes import columns_over_time as columns_over_time
from lstmlint.questions.axes import columns_read_by_rows as columns_read_by_rows
from lstmlint.questions.axes import lags_in_one_step as lags_in_one_step
from lstmlint.questions.axes import turned_window as turned_window
from lstmlint.questions.by_hand import by_hand as by_hand
from lstmlint.questions.carrying import left_behind as left_behind
from lstmlint.questions.carrying import series_by_turn as series_by_turn
from lstmlint.questions.columns import column_inside as column_inside
from lstmlint.questions.connected import inputs_left_out as inputs_left_out
from lstmlint.questions.copying import copied_input as copied_input
from lstmlint.questions.decoding import disorder as disorder
from lstmlint.questions.decoding import layer_name as layer_name
from lstmlint.questions.decoding import misplaced as misplaced
from lstmlint.questions.decoding import wrong_text as wrong_text
from lstmlint.questions.feeds import Fed as Fed
from lstmlint.questions.feeds import Feed as Feed
from lstmlint.questions.feeds import built_on_single_samples as built_on_single_samples
from lstmlint.questions.feeds import misfed as misfed
from lstmlint.questions.feeds import misfed_by as misfed_by
from lstmlint.questions.feeds import never_made as never_made
from lstmlint.questions.feeds import refused_by_layer as refused_by_layer
from lstmlint.questions.feeds import samples_as_steps as samples_as_steps
from lstmlint.questions.feeds import steps_for_rows as steps_for_rows
from lstmlint.questions.feeds import takes_tokens as takes_tokens
from lstmlint.questions.filling import Unfilled as Unfilled
from lstmlint.questions.filling import rows_left as rows_left
from lstmlint.questions.floors import constant_loss as constant_loss
from lstmlint.questions.floors import floor as floor
from lstmlint.questions.floors import grouped as grouped
from lstmlint.questions.forms import RAGGED as RAGGED
from lstmlint.questions.forms import TEXTS as TEXTS
from lstmlint.questions.forms import refused_forms as refused_forms
from lstmlint.questions.future import seen_from_the_end as seen_from_the_end
from lstmlint.questions.generators import GENERATOR as GENERATOR
from lstmlint.questions.generators import WINDOWS as WINDOWS
from lstmlint.questions.generators import batch_from as batch_from
from lstmlint.questions.generators import batches_of as batches_of
from lstmlint.questions.generators import open_batches as open_batches
from lstmlint.questions.generators import order_of as order_of
from lstmlint.questions.generators import shuffles_itself as shuffles_itself
from lstmlint.questions.generators import span_and_advance as span_and_advance
from lstmlint.questions.kept import one_hot as one_hot
from lstmlint.questions.kept import standardised as standardised
from lstmlint.questions.masks import Broken as Broken
from lstmlint.questions.masks import broken_masks as broken_masks
from lstmlint.questions.masks import mask_value as mask_value
from lstmlint.questions.masks import unmasked_padding as unmasked_padding
from lstmlint.questions.memory import ORDERED as ORDERED
from lstmlint.questions.memory import counts_on_memory as counts_on_memory
from lstmlint.questions.memory import says_enough as says_enough
from lstmlint.questions.missing import Gap as Gap
from lstmlint.questions.missing import gaps as gaps
from lstmlint.questions.mixing import mixed_vocabularies as mixed_vocabularies
from lstmlint.questions.models import SCORED as SCORED
from lstmlint.questions.models import Whole as Whole
from lstmlint.questions.models import after_a_refusal as after_a_refusal
from lstmlint.questions.models import alone as alone
from lstmlint.questions.models import argument_of as argument_of
from lstmlint.questions.models import broken as broken
from lstmlint.questions.models import cannot_be_made as cannot_be_made
from lstmlint.questions.models import given_whole as given_whole
from lstmlint.questions.models import has_weights as has_weights
from lstmlint.questions.models import input_names as input_names
from lstmlint.questions.models import last_recurrent as last_recurrent
from lstmlint.questions.models import library_name as library_name
from lstmlint.questions.models import made_at as made_at
from lstmlint.questions.models import made_once as made_once
from lstmlint.questions.models import model_of as model_of
from lstmlint.questions.models import needs_every_step as needs_every_step
from lstmlint.questions.models import origin as origin
from lstmlint.questions.models import output_names as output_names
from lstmlint.questions.models import parts as parts
from lstmlint.questions.models import refused_input as refused_input
from lstmlint.questions.models import refused_layer as refused_layer
from lstmlint.questions.models import samples as samples
from lstmlint.questions.models import source_of as source_of
from lstmlint.questions.models import states_as_input as states_as_input
from lstmlint.questions.models import tensors_behind as tensors_behind
from lstmlint.questions.models import without_first as without_first
from lstmlint.questions.models import written_shape as written_shape
from lstmlint.questions.names import file_name as file_name
from lstmlint.questions.numbering import renumbered as renumbered
from lstmlint.questions.order import is_reversal as is_reversal
from lstmlint.questions.order import sorted_by_time as sorted_by_time
from lstmlint.questions.order import step_maker as step_maker
from lstmlint.questions.outputs import activated as activated
from lstmlint.questions.outputs import activation_of as activation_of
from lstmlint.questions.outputs import arithmetic as arithmetic
from lstmlint.questions.outputs import certain_bounds as certain_bounds
from lstmlint.questions.outputs import columns_of_questions as columns_of_questions
from lstmlint.questions.outputs import first_fit as first_fit
from lstmlint.questions.outputs import ids_from as ids_from
from lstmlint.questions.outputs import logits_are_found as logits_are_found
from lstmlint.questions.outputs import loss_of_output as loss_of_output
from lstmlint.questions.outputs import one_class_a_row as one_class_a_row
from lstmlint.questions.outputs import predicted as predicted
from lstmlint.questions.outputs import stretches_rows as stretches_rows
from lstmlint.questions.outputs import trained_first as trained_first
from lstmlint.questions.own_losses import stretched_here as stretched_here
from lstmlint.questions.provenance import SPLIT as SPLIT
from lstmlint.questions.provenance import Cut as Cut
from lstmlint.questions.provenance import Window as Window
from lstmlint.questions.provenance import alike as alike
from lstmlint.questions.provenance import ancestors as ancestors
from lstmlint.questions.provenance import comes_from as comes_from
from lstmlint.questions.provenance import cuts as cuts
from lstmlint.questions.provenance import is_none as is_none
from lstmlint.questions.provenance import long_axes as long_axes
from lstmlint.questions.provenance import made_by as made_by
from lstmlint.questions.provenance import order_of_axes as order_of_axes
from lstmlint.questions.provenance import reordered as reordered
from lstmlint.questions.provenance import shuffles as shuffles
from lstmlint.questions.provenance import window_of as window_of
from lstmlint.questions.restoring import restored_in_other_column as restored_in_other_column
from lstmlint.questions.rewriting import input_before as input_before
from lstmlint.questions.rewriting import renamed_keyword as renamed_keyword
from lstmlint.questions.rewriting import renamed_method as renamed_method
from lstmlint.questions.rewriting import statement as statement
from lstmlint.questions.scaling import is_scaler as is_scaler
from lstmlint.questions.scaling import other_scale as other_scale
from lstmlint.questions.scaling import own_statistics as own_statistics
from lstmlint.questions.scaling import refitted as refitted
from lstmlint.questions.scaling import same_scaler as same_scaler
from lstmlint.questions.scaling import scaled_by_hand as scaled_by_hand
from lstmlint.questions.scaling import transformed_apart as transformed_apart
from lstmlint.questions.scores import Scored as Scored
from lstmlint.questions.scores import continuous as continuous
from lstmlint.questions.scores import raw_outputs as raw_outputs
from lstmlint.questions.scores import scored as scored
from lstmlint.questions.splits import Mixed as Mixed
from lstmlint.questions.splits import holds_out as holds_out
from lstmlint.questions.splits import mixed_and_held_out as mixed_and_held_out
from lstmlint.questions.splits import mixed_rows as mixed_rows
from lstmlint.questions.splits import other_part as other_part
from lstmlint.questions.splits import overlap as overlap
from lstmlint.questions.splits import shuffled_apart as shuffled_apart
from lstmlint.questions.splits import split_apart as split_apart
from lstmlint.questions.splits import split_leaves_nothing as split_leaves_nothing
from lstmlint.questions.splits import thinned as thinned
from lstmlint.questions.state import BATCH_HOOKS as BATCH_HOOKS
from lstmlint.questions.state import batch_of as batch_of
from lstmlint.questions.state import bound_inside as bound_inside
from lstmlint.questions.state import called_here as called_here
from lstmlint.questions.state import input_call as input_call
from lstmlint.questions.state import long_pass as long_pass
from lstmlint.questions.state import loss_of as loss_of
from lstmlint.questions.state import made_here as made_here
from lstmlint.questions.state import made_inside as made_inside
from lstmlint.questions.state import one_batch as one_batch
from lstmlint.questions.state import operations as operations
from lstmlint.questions.state import passes as passes
from lstmlint.questions.state import receiver_text as receiver_text
from lstmlint.questions.state import recurrent_layers as recurrent_layers
from lstmlint.questions.state import recurrent_program as recurrent_program
from lstmlint.questions.state import remembers_nothing as remembers_nothing
from lstmlint.questions.state import removal as removal
from lstmlint.questions.state import resets_that_may as resets_that_may
from lstmlint.questions.state import sample_text as sample_text
from lstmlint.questions.state import samples_of as samples_of
from lstmlint.questions.state import single_x as single_x
from lstmlint.questions.state import single_y as single_y
from lstmlint.questions.state import stateful_layers as stateful_layers
from lstmlint.questions.state import steps_of as steps_of
from lstmlint.questions.state import trained_by_hand as trained_by_hand
from lstmlint.questions.state import unseen_callbacks as unseen_callbacks
from lstmlint.questions.stepwise import learned_from as learned_from
from lstmlint.questions.targets import shift_of as shift_of
from lstmlint.questions.targets import target_inside as target_inside
from lstmlint.questions.tokens import IDS as IDS
from lstmlint.questions.tokens import KEEPS_IDS as KEEPS_IDS
from lstmlint.questions.tokens import ids_one_a_step as ids_one_a_step
from lstmlint.questions.tokens import one_hot_rows as one_hot_rows
from lstmlint.questions.units import Unit as Unit
from lstmlint.questions.units import Unlike as Unlike
from lstmlint.questions.units import fed_back_unscaled as fed_back_unscaled
from lstmlint.questions.units import unlike as unlike
from lstmlint.questions.vocabulary import Vocabulary as Vocabulary
from lstmlint.questions.vocabulary import words_left_out as words_left_out
from lstmlint.questions.weights import answers as answers
from lstmlint.questions.weights import begins_like_a_trained_one as begins_like_a_trained_one
from lstmlint.questions.weights import handed_on as handed_on
from lstmlint.questions.weights import loaded_for_nothing as loaded_for_nothing
from lstmlint.questions.weights import untrained_twin as untrained_twin
from lstmlint.questions.weights import weighted_layer as weighted_layer
from lstmlint.text.edits import ArgumentSite as ArgumentSite
from lstmlint.text.edits import CallSite as CallSite
from lstmlint.text.edits import Edit as Edit
from lstmlint.text.source import Span as Span


class Severity(Enum):
    """error: Keras raises; warning: runs and silently learns the wrong thing; info: a smell."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Confidence(Enum):
    """high: every fact read from literals; medium: one assumption, named in a note; low: a guess."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Safety(Enum):
    """safe: today's program certainly raises; unsafe: it runs and its numbers will change; display: two intents."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True)
class Label:
    """A place that took part, with a few words on it."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Fix:
    """``message`` reads as a command: "return the whole sequence"."""

    message: str
    safety: Safety
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One claim about one place.

    ``message`` is one sentence that says what is, lower-case start, code in backticks; ``help`` says what to write
    instead; ``labels`` are up to four other places. ``severity`` overrides the rule's where the case is milder or
    worse. ``untestable`` says why this one has no experiment, where others of its rule have.
    """

    span: Span
    message: str
    confidence: Confidence
    label: str = ""
    help: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    fix: Fix | None = None
    severity: Severity | None = None
    experiment: Experiment | Lookup | Tagged | None = None
    untestable: str = ""


Check = Callable[[Any, Facts], Iterator[Finding]]
C = TypeVar("C", bound=Check)


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One idea. ``keras`` names the target versions it speaks of; ``preview`` rules run only with ``--preview``.

    ``untestable`` says why no training can show what the rule claims, empty where its findings carry experiments.
    """

    code: str
    name: str
    severity: Severity
    since: str
    keras: frozenset[int] = frozenset({2, 3})
    preview: bool = False
    untestable: str = ""
    checks: list[tuple[type, Check]] = field(default_factory=list)

    def on(self, fact: type) -> Callable[[C], C]:
        """Register a check for each ``Node``, ``Model``, ``Run``, ``Reset``, ``Compile``, ``LibraryCall`` or the
        ``Facts``."""

        def register(check: C) -> C:
            self.checks.append((fact, check))
            return check

        return register
