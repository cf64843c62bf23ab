"""Verbs about relatives: `recording` puts relations on record, `caring` is the 亲情账户 and who may
activate whose e-credential."""

from pooling.kinship.services.recording import RelationRow, end_between, record_many

__all__ = ["RelationRow", "end_between", "record_many"]
