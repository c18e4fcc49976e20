"""The people of the journeys, all made up, and what each writes in her own language."""

from dataclasses import dataclass, field
from datetime import date


@dataclass
class Applicant:
    """A woman in Barnala: what she knows and types, and what she is given on the way."""

    language: str
    full_name: str
    mobile: str
    password: str
    query: str
    answers: dict[str, str]
    secret: str = ""
    paper_keys: list[str] = field(default_factory=list)
    reference: str = ""

    def written(self, born_on: date) -> dict[str, str]:
        """Return the first page as she types it: digits in her own script, day first."""
        return {"date_of_event": born_on.strftime("%d/%m/%Y").translate(DIGITS[self.language]), **self.answers}


DIGITS = {
    "pa": str.maketrans("0123456789", "੦੧੨੩੪੫੬੭੮੯"),
    "hi": str.maketrans("0123456789", "०१२३४५६७८९"),
    "en": str.maketrans("", ""),
}
PEOPLE = {
    "pa": {
        "full_name": "ਮਨਦੀਪ ਕੌਰ",
        "mobile": "9417000311",
        "password": "ਟਾਹਲੀ ਹੇਠ ਪੁਰਾਣਾ ਖੂਹ",
        "query": "janam parman patar",
        "answers": {"place_of_event": "ਸਿਵਲ ਹਸਪਤਾਲ, ਬਰਨਾਲਾ", "mother_name": "ਮਨਦੀਪ ਕੌਰ", "father_name": "ਗੁਰਸੇਵਕ ਸਿੰਘ"},
    },
    "hi": {
        "full_name": "मनदीप कौर",
        "mobile": "9417000312",
        "password": "शीशम तले पुराना कुआँ",
        "query": "जन्म प्रमाण पत्र",
        "answers": {"place_of_event": "सिविल अस्पताल, बरनाला", "mother_name": "मनदीप कौर", "father_name": "गुरसेवक सिंह"},
    },
    "en": {
        "full_name": "Mandeep Kaur",
        "mobile": "9417000313",
        "password": "an old well under the tahli",
        "query": "brith certficate",
        "answers": {"place_of_event": "Civil Hospital, Barnala", "mother_name": "Mandeep Kaur", "father_name": "Gursewak Singh"},
    },
}


def make_applicant(language: str) -> Applicant:
    """Make the woman of the story, who reads `language`."""
    return Applicant(language=language, **PEOPLE[language])
