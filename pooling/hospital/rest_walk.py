"""A till's way through one bill by REST, call by call, against whatever answers. Pure.

What was settled is reversed again, whatever else went wrong on the way.
"""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pooling.hospital import rest_conformance as conformance
from pooling.hospital.national.walk import Exchange, Visit

#: What may be asked for, in its order. `repeat`, `show`, `balance_after` come with the others.
STEPS = ("lookup", "balance", "preview", "settle", "reverse")
UNDO_BY_MESSAGE = "undo"
#: (status, headers, body) of an answer; status 0 where nobody answered.
Answered = tuple[int, dict[str, str], bytes]
#: Sends (method, path, body, headers).
Send = Callable[[str, str, bytes, dict[str, str]], Answered]


@dataclass(eq=False)
class RestWalk:
    """One bill, from the balance before it to the balance after its reversal.

    `key` settles. Balances are another right: without a `lookup_key` nobody asks for them.
    """

    key: str
    lookup_key: str
    institution: str
    visit: Visit
    send: Send
    clock: Callable[[], datetime]
    psn_no: str = ""
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    message_id: str = ""

    def take(self, wanted: tuple[str, ...] = STEPS) -> Iterator[Exchange]:
        """Make the wanted calls one by one; after a breach only what gives money back."""
        self.psn_no, self.message_id = self.visit.psn_no, f"WALK-{secrets.token_hex(8)}"
        bill = self._bill()
        going = True
        for step in ("lookup", "balance", "preview", "settle"):
            if step not in wanted or not going or not self._can(step):
                continue
            done = getattr(self, f"_{step}")(bill)
            going = not done.breaches
            yield done
            if step == "settle":
                yield from self._after_settling(done, bill, whole=going)
        if going and "balance" in self.told and "settle" in self.told:
            yield self._balance_after()

    def _can(self, step: str) -> bool:
        """Return whether the walk knows enough for a call."""
        if step == "lookup":
            return bool(self.lookup_key and self.visit.cert_no and self.visit.name)
        return step != "balance" or bool(self.lookup_key and self.psn_no)

    def _after_settling(self, done: Exchange, bill: dict, *, whole: bool) -> Iterator[Exchange]:
        """Repeat and show what was settled, and give it back: by number, else by message."""
        number = self.told.get("settle", {}).get("id")
        if number is None:
            # A refusal has moved nothing; of anything else nobody knows.
            if not 400 <= done.status < 500:
                yield self._undo()
            return
        if whole:
            yield self._repeat(bill, done)
            yield self._show(number)
        back = self._reverse(number)
        yield back
        if back.status != 200:
            yield self._undo()

    # --- the calls --------------------------------------------------------------------------

    def _lookup(self, _bill: dict) -> Exchange:
        asked = {"cert_no": self.visit.cert_no, "name": self.visit.name}
        done, _headers = self._call("lookup", "POST", "/members/lookup", asked, 200)
        if not done.breaches:
            found = str(self.told["lookup"].get("psn_no") or "")
            if not found or self.psn_no not in ("", found):
                done.breaches.append(f"psn_no is {found!r} and not {self.psn_no or 'a number'!r}")
            self.psn_no = found
        return done

    def _balance(self, _bill: dict | None = None, *, step: str = "balance") -> Exchange:
        done, _headers = self._call(step, "GET", f"/members/{self.psn_no}/balance", None, 200)
        if not done.breaches:
            done.breaches.extend(conformance.balance(self.told[step]))
        return done

    def _balance_after(self) -> Exchange:
        done = self._balance(step="balance_after")
        if not done.breaches:
            other = conformance.differences(self.told["balance"], self.told["balance_after"])
            done.breaches.extend(f"{name} is not what it was before the bill" for name in other)
        return done

    def _preview(self, bill: dict) -> Exchange:
        done, _headers = self._call("preview", "POST", "/preview", bill, 200)
        if not done.breaches:
            told = self.told["preview"]
            done.breaches.extend(conformance.bill(told, conformance.PROPOSAL))
        return done

    def _settle(self, bill: dict) -> Exchange:
        done, _headers = self._call("settle", "POST", "/settlements", bill, 201, self.message_id)
        if done.breaches:
            return done
        told = self.told["settle"]
        done.breaches.extend(conformance.bill(told, conformance.SETTLEMENT))
        if told.get("status") != "settled" or told.get("refunded") != "0.00":
            done.breaches.append("status must be settled and refunded 0.00")
        if str(told.get("total")) != str(self.visit.total):
            done.breaches.append(f"total is {told.get('total')} and not {self.visit.total}")
        if "preview" in self.told:
            other = conformance.differences(self.told["preview"], told)
            done.breaches.extend(f"{name} is not what the preview said" for name in other)
        return done

    def _repeat(self, bill: dict, first: Exchange) -> Exchange:
        done, headers = self._call("repeat", "POST", "/settlements", bill, 201, self.message_id)
        if done.answer != first.answer:
            done.breaches.append("the same message_id got another answer: store it and repeat it")
        if headers.get("idempotent-replay") != "true":
            done.breaches.append("a repeated answer must carry Idempotent-Replay: true")
        return done

    def _show(self, number: object) -> Exchange:
        done, _headers = self._call("show", "GET", f"/settlements/{number}", None, 200)
        if not done.breaches:
            other = conformance.differences(self.told["settle"], self.told["show"])
            done.breaches.extend(f"{name} is not what the settlement said" for name in other)
        return done

    def _reverse(self, number: object) -> Exchange:
        path, key = f"/settlements/{number}/reversal", f"{self.message_id}-R"
        done, _headers = self._call("reverse", "POST", path, {"reason": "walk"}, 200, key)
        if done.breaches:
            return done
        told = self.told["reverse"]
        if told.get("status") != "reversed":
            done.breaches.append(f"status is {told.get('status')} and not reversed")
        changing = ("status", "refunded")
        other = conformance.differences(self.told["settle"], told, but=changing)
        done.breaches.extend(f"{name} changed: a reversal keeps the amounts" for name in other)
        return done

    def _undo(self) -> Exchange:
        asked = {"institution": self.institution, "message_id": self.message_id, "reason": "walk"}
        key = f"{self.message_id}-U"
        done, _headers = self._call(UNDO_BY_MESSAGE, "POST", "/reversals", asked, 200, key)
        if done.status == 202:  # it was never settled, and now never will be
            done.breaches.clear()
        return done

    def _call(
        self, step: str, method: str, path: str, asked: dict | None, wanted: int, key: str = ""
    ) -> tuple[Exchange, dict[str, str]]:
        bearer = self.key if step not in ("lookup", "balance", "balance_after") else self.lookup_key
        headers = {"Idempotency-Key": key} if key else {}
        body = b"" if asked is None else json.dumps(asked, ensure_ascii=False).encode()
        status, said, answer = self.send(
            method, path, body, headers | {"Authorization": f"Bearer {bearer}"}
        )
        found = conformance.status(wanted, status, answer)
        if not found:
            self.told[step] = conformance.read(answer)
        # As it went out, but for the key.
        shown = "\n".join([f"{method} {path}", *(f"{k}: {v}" for k, v in headers.items())])
        done = Exchange(step, f"{shown}\n\n".encode() + body, status, answer, found)
        return done, {name.lower(): value for name, value in said.items()}

    def _bill(self) -> dict[str, Any]:
        visit, total = self.visit, str(self.visit.total)
        by_card = {"cert_no": visit.cert_no, "name": visit.name}
        return {
            "message_id": self.message_id,
            "patient": {"psn_no": visit.psn_no} if visit.psn_no else by_card,
            "institution": self.institution,
            "use": "outpatient",
            "business_time": self.clock().isoformat(),
            **dict.fromkeys(("fund", "hospital_borne", "own_paid", "over_limit"), "0.00"),
            **{"pre_paid": "0.00", "in_scope_share": total, "total": total},
            "acct_used_flag": int(visit.acct_used_flag),
        }
