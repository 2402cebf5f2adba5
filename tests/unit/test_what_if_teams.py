"""Which teams the what-if page offers, and which one it opens on."""

from api.pages.what_if_page import ask_page


def test_the_page_opens_on_the_small_team() -> None:
    names = [each.name for each in ask_page(()).teams]
    assert names[0] == "small-team"
    assert names[1:] == sorted(names[1:])
