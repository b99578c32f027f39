"""Worksheets on paper: the questions are one sheet, and the solutions another."""

import re

import pytest
from support.browser import browser_test
from support.sites import NAMES

pytestmark = browser_test


@pytest.mark.parametrize("sheet", ["neurons", "steps"])
@pytest.mark.parametrize("language", NAMES)
def test_questions_and_solutions_are_a_sheet_each(smoke_page, language, sheet):
    page = smoke_page(f"{language}/worksheet-{sheet}.html", "http")
    assert not page.locator("details li").first.is_visible()
    assert len(re.findall(rb"/Type /Page\b", page.pdf(format="A4"))) == 2


@pytest.mark.parametrize("language", NAMES)
def test_questions_of_an_exam_are_one_sheet_and_the_answers_another(smoke_page, language):
    page = smoke_page(f"{language}/exam.html", "http")
    assert len(re.findall(rb"/Type /Page\b", page.pdf(format="A4"))) == 2
