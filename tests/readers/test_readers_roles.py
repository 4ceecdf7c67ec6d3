"""Which labels say a role, and which leave it open."""

from __future__ import annotations

import pytest

from cxnlp.errors import ReadError
from cxnlp.readers.roles import Roles

SAYS = {
    "agent": [
        "Agent", "AGENT", "agent 2", "Agent #1", "Agent_1", "HUMAN_AGENT", "Rep", "CSR", "Representative", "Adviser",
        "Customer Service", "Customer Service Rep", "Client Advisor", "Support", "Operator", "Ben (Agent)",
        "Agent (Ben)", "Agent Ben", "Agent - Ben", "Ben, Agent", "Agent O'Neil", "**Agent**", "Supervisor", "Agent/Rep",
    ],
    "customer": ["Customer", "CUSTOMER", "caller", "Client", "Customer Alex", "END_USER", "Ann (Customer)", "Caller 1"],
    "system": ["IVR", "System", "Bot", "Automated", "SYSTEM_MESSAGE", "AUTOMATED_AGENT", "Virtual Agent", "IVR (Hi)"],
}  # fmt: skip
OPEN = [
    "Speaker 1", "spk_0", "ch_0", "A", "Maria", "User", "internal", "Agent (Customer)", "Customer/Agent", "Caller ID",
    "Customer Name", "Agent notes", "Customer Experience", "Agency", "Customers of ours", "", "x" * 500, "Manager",
]  # fmt: skip


@pytest.mark.parametrize(("label", "role"), [(label, role) for role, labels in SAYS.items() for label in labels])
def test_labels_that_say_a_role(label: str, role: str) -> None:
    assert Roles().of(label) == role


@pytest.mark.parametrize("label", OPEN)
def test_labels_that_do_not(label: str) -> None:
    assert Roles().of(label) is None
    with pytest.raises(ReadError) as raised:
        Roles().resolve(["Agent", label])
    assert len(str(raised.value)) < 700


def test_what_the_caller_says_goes_first() -> None:
    roles = Roles({"AGENT": "customer", "Agent": "agent", "spk_1": "system"})
    assert [roles.of(label) for label in ("AGENT", "Agent", "SPK_1", "Customer")] == [
        "customer",
        "agent",
        "system",
        "customer",
    ]


def test_one_name_with_two_roles_is_nobody() -> None:
    with pytest.raises(ReadError, match="'Ben'"):
        Roles().resolve(["Agent (Ben)", "Customer (Ben)", "Ben"])
