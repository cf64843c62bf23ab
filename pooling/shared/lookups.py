"""`field__any=values`: like `__in`, but one parameter however many values there are.

`IN (…)` with ten thousand placeholders costs more to write down than to answer.
"""

from django.db.models import Field, ForeignKey, Lookup


class Any(Lookup):
    lookup_name = "any"

    def get_prep_lookup(self):
        if hasattr(self.rhs, "resolve_expression"):
            return self.rhs
        field = getattr(self.lhs.output_field, "target_field", self.lhs.output_field)
        return [field.get_prep_value(value) for value in self.rhs]

    def get_db_prep_lookup(self, value, connection):
        return "%s", [value]

    def as_sql(self, compiler, connection):
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs} = ANY({rhs})", [*lhs_params, *rhs_params]


def register() -> None:
    """Make the lookup known to every field; called once, when the apps are ready."""
    Field.register_lookup(Any)
    ForeignKey.register_lookup(Any)
