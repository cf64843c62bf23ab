"""Make every stored decision again from its own input, and count those that differ."""

from django.core.management.base import BaseCommand, CommandError

from pooling.reports import selectors

#: As many ids as help to find what went wrong.
NAMED = 20


class Command(BaseCommand):
    """`manage.py check_decisions`: exit code 1 where any decision is not what is stored."""

    help = "按存档的输入重新计算每一笔结算的决定，与存档逐项比较；有不同时以 1 退出。"

    def handle(self, *, verbosity=1, **options):
        looked_at, differing, named = 0, 0, []
        for settlement_id, same in selectors.decisions_made_again():
            looked_at += 1
            if not same:
                differing += 1
                if len(named) < NAMED:
                    named.append(settlement_id)
            if verbosity and looked_at % 10_000 == 0:
                self.stdout.write(f"已核对 {looked_at:,} 笔……")
        if verbosity:
            self.stdout.write(f"已核对 {looked_at:,} 笔结算的决定，不同 {differing:,} 笔。")
        if differing:
            raise CommandError(f"重算不同的结算编号：{named}")
