from fieldsvc.web.demo import leading_here


def test_links_of_a_message_lead_to_where_the_demo_is_served_now() -> None:
    written = "Tell us: http://127.0.0.1:8000/questionnaire/abc or https://example.com:8000/a"
    assert leading_here(written, "http://127.0.0.1:8123/") == (
        "Tell us: http://127.0.0.1:8123/questionnaire/abc or https://example.com:8000/a"
    )
