"""Deals the cards that calls are written from: `python cards.py SEED COUNT PREFIX WORLD`.

A writer left alone drifts to one caller, one set of names, one arc. A card fixes what the
writer would not have chosen: who calls whom about what, how both talk, how it is heard and
how it ends. The same seed deals the same cards.
"""

from __future__ import annotations

import random
import sys

TRADES = {
    "home": "mobile operator|broadband|pay-TV|electricity supplier|gas supplier|water company|home security|solar installer|appliance maker|boiler cover|council housing|letting agent|council tax office|waste collection|locksmith chain|removals firm|heat-pump installer|mortgage broker",
    "money": "retail bank|credit union|credit card|motor insurance|home insurance|travel insurance|pension provider|payroll bureau|tax office|student loans|debt collection|debt advice line|money transfer service|card payments for shops|pet insurance|benefits office|share-dealing app|building society",
    "goods": "online fashion shop|furniture delivery|grocery delivery|parcel courier|bookshop e-reader support|toy shop|garden centre|bike shop|phone repair|laptop repair desk|wholesale for cafes|optician chain|shoe brand|car parts|second-hand marketplace|mattress maker|florist|musical instruments",
    "travel": "airline|train company|hotel chain|car rental|ferry line|coach operator|ride hailing|holiday park|event tickets|cruise line|passport office|visa centre|airport parking|city bike hire|roadside assistance|cinema chain|theatre box office|youth hostels",
    "work": "internal IT help desk|software subscription|games console maker|university admissions|driving school|gym membership|staff HR desk|web hosting|school meals office|library service|job centre|trade union helpline|charity donor line|blood donor line|museum membership|language school|election office|animal shelter",
    "health": "GP video consultation|out-of-hours phone triage|physiotherapy by phone|hospital booking|pharmacy|dental clinic|vet clinic|mental health nurse call-back|midwife line|travel clinic|hearing aid centre|hospital billing|care home enquiries|diabetes nurse check-in|blood test results line|paediatric nurse line|sleep clinic|medical equipment hire",
}
MATTERS = "wrong bill|repeat fault|missed appointment|late refund|cancelled service|change of address|new order|upgrade question|password locked out|payment declined|fraud alert|claim after accident|claim after water damage|account of someone who died|cannot afford payment|delivery never came|wrong item|damaged item|cannot find how to do it on the website|app crashes|price differs from quote|contract end|moving house|adding a family member|complaint about staff|praise for staff|booking change|lost property|warranty just expired|renewed by surprise|reading or measurement to give|long waiting list|name change|data breach worry|simple balance question|opening hours|order status|document resend|form explained|discount forgotten|duplicate charge|engineer due today|noise or outage in the area|proof of something for a third party|collection or pick-up time|cancellation, routine|feedback asked for by the company|promotion offered by the company|reminder call by the company|quality call-back after a complaint"
HEALTH = "sore throat and fever|back pain, follow-up|rash in a child|headaches for weeks|chest infection not clearing|stomach upset after travel|ankle sprain|migraine medicine review|sleep trouble|asthma check|blood pressure numbers|pregnancy question|ear infection|allergy season|knee before an operation|test results|anxiety and panic at work|low mood since a loss|repeat prescription missing|referral lost|dizzy spells|urinary infection|toothache|dog ate something|old cat not eating|hearing aid whistles|bill for a scan|appointment moved again|vaccine for travel|diabetes sugars high|tingling fingers|heartburn|eczema flare|shoulder stuck|medicine side effect"
CALLERS = "terse tradesman on a site|chatty pensioner|nurse after a night shift|student counting pennies|learned English late, careful|sarcastic office worker|apologetic first-timer|angry small-business owner|grieving widow, composed|sleepless new father, delighted|teenager calling for a parent|carer for a disabled brother|over-polite academic|swearing lorry driver, good humoured|resigned long-time customer|anxious newcomer to the country|elderly man losing the thread|bride planning|hard of hearing, says 'what?' a lot|complainer with dates|mother with a crying baby|shift worker whispering on a break|rambling storyteller|someone in real trouble who plays it down|retired engineer who knows the product|bargain hunter|Indian English, brisk|Indian English, formal|Glasgow woman|Texan rancher|Dubliner|Cork grandmother|Aussie on a worksite|New Zealander, laid back|Nigerian accountant|Jamaican-British bus driver|teacher on lunch break|Midwestern dad, very nice|New Yorker in a hurry|Filipino nurse abroad|Polish builder|Welsh farmer|Singapore manager|South African, direct|Canadian student|night-time worrier|man who hates phones|woman driving, hands-free|ex call-centre agent|new tenant|laughs at everything|few words only, yes/no|answers questions with stories|very calm about a very bad day|panicked parent|just wants a date|bored, on hold at work|pleased regular"
AGENTS = "robotic by the script|warm and quick|new and nervous but kind|brusque veteran|over-apologetic, does nothing|brilliant problem solver, dry humour|tired, flat, correct|evasive, hides behind policy|chirpy and salesy|empowered, decides on the spot|good listener, slow system|empathy phrases on repeat, no action|honest about bad news|outsourced, careful English, sticks to template|supervisor, calm|joker who reads the room|distracted, asks twice|lectures the customer|competent, neutral|competent, neutral|competent, neutral|competent, neutral|competent, friendly|competent, friendly|competent, hurried|competent, few words|competent, thinks aloud"
CLINICIANS = "unhurried GP|brisk triage nurse|tired registrar|kind trainee, checks everything|pharmacist, exact|physio, chatty|receptionist, swamped|receptionist, kind|mental health nurse, gentle|old-school doctor, blunt|vet, plain-spoken|locum who does not know the patient|health visitor, practical|competent, neutral|competent, neutral"
CHANNELS = "voice|voice|voice-asr: lower case, no punctuation, fillers, false starts|voice-asr: lower case, no punctuation, some words misheard|voice-asr: lower case, no punctuation, numbers as words, turns cut|voice-asr: lower case, fillers, crosstalk cut-ins|chat"
WRITTEN = "social: public posts to a brand and its replies|social: public posts to a brand and its replies|social: direct messages|forum: one long post, at most one reply|forum: short request typed to a virtual agent|chat: typed, short, typos|chat: agent pastes macros|chat: in an app, one-liners|chat: in an app, one-liners|email: two or three mails|chat: typed, long sentences"
LENGTHS = "8-14 turns|14-20 turns|20-30 turns|20-30 turns|30-44 turns|44-70 turns"
SHORT = "1-2 turns|2-4 turns|2-4 turns|4-8 turns|8-14 turns|14-24 turns"
ENDS = "routine|routine|routine|routine|routine, quick|solved simply|solved after effort|half solved, promise of follow-up|not solved, gives up|not solved, escalates|better than hoped|from anger to relief|cut off|passed on at the end|decides to leave|nobody says how it ended"
ODD = "rain on the roof|a dog interrupts|wrong number given first|a discount code|the wrong company|a colleague was rude last week|the hold music|somebody's birthday|a funeral on Friday|an exam tomorrow|on a motorway shoulder|account in a late husband's name|an outage nobody announced|the website said otherwise|screen freezes|already fixed by the customer|two orders mixed up|a child answers first|sound-alike letters|promised in writing|a neighbour took it|refuses the survey|no company name spoken|no greeting|hangs up without goodbye|laughs at own mistake|embarrassing problem|an old ticket turns up|agent reads terms aloud|identity check fails once|battery at 3 %|a parcel for someone else|a language mix-up|a power cut|two people on one line|the caller is eating|a lucky coincidence|an unpaid invoice|time zones|a bus comes|spelling a long surname|a cat on the keyboard|waiting for a callback since Monday|a form in triplicate|the lift is broken|a wedding|new glasses|the printer|a harvest|an email in the spam folder|agent is from the same town|the line echoes"


def deal(seed: int, count: int, prefix: str, world: str) -> list[str]:
    """The cards of one writer, a line each."""
    rng = random.Random(f"{seed} {world}")
    draw = lambda table: rng.choice(table.split("|"))  # noqa: E731
    written, health = world == "written", world == "health"
    cards = []
    for number in range(count):
        trades = TRADES.get(world) or "|".join(TRADES.values())
        cards.append(
            f"{prefix}-{number:03d}: {draw(trades)} / {draw(HEALTH if health else MATTERS)}"
            f" / caller: {draw(CALLERS)} / agent: {draw(CLINICIANS if health else AGENTS)}"
            f" / {draw(WRITTEN if written else CHANNELS)} / {draw(SHORT if written else LENGTHS)}"
            f" / ends: {draw(ENDS)} / particulars: {'; '.join(rng.sample(ODD.split('|'), 2))}"
        )
    return cards


if __name__ == "__main__":
    print("\n".join(deal(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])))
