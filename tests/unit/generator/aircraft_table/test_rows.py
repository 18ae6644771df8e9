"""Rows of tables of aircraft in every published shape, and what damage costs."""

from __future__ import annotations

import pytest

from flighttracker.errors import SourceError
from flighttracker_generator.aircraft_table.rows import CsvRows, JsonRows, Row
from flighttracker_generator.aircraft_table.table import Identity
from flighttracker_generator.sources.losses import Losses

OPENSKY = (
    "icao24,registration,manufacturericao,manufacturername,model,typecode,serialnumber,linenumber,icaoaircrafttype,"
    "operator,operatorcallsign,operatoricao,operatoriata,owner,testreg,registered,reguntil,status,built,"
    "firstflightdate,seatconfiguration,engines,modes,adsb,acars,notes,categoryDescription"
)
OPENSKY_COMPLETE = (
    "'icao24','timestamp','acars','adsb','built','categoryDescription','country','engines','firstFlightDate',"
    "'firstSeen','icaoAircraftClass','lineNumber','manufacturerIcao','manufacturerName','model','modes','nextReg',"
    "'notes','operator','operatorCallsign','operatorIata','operatorIcao','owner','prevReg','regUntil','registered',"
    "'registration','selCal','serialNumber','status','typecode','vdl'"
)


def read(*lines: str) -> tuple[dict[str, Identity], Losses]:
    losses = Losses()
    rows = CsvRows(losses)
    return _by_address([*rows.read(lines), *rows.finish()]), losses


def read_json(text: str, prefix: str = "") -> tuple[dict[str, Identity], Losses]:
    losses = Losses()
    rows = JsonRows(prefix, losses)
    found, end = rows.read(text)
    rows.finish(text[end:])
    return _by_address(found), losses


def _by_address(rows: list[Row]) -> dict[str, Identity]:
    return {f"{address:06x}": identity for address, identity in rows}


def test_tar1090_db_has_no_header() -> None:
    rows, losses = read("004002;Z-WPA;B732;00;BOEING 737-200;;;", "4CA2D1;EI-DYM;B738;00;BOEING 737-800;2008;RYANAIR;")
    assert rows == {"004002": Identity("Z-WPA", "B732", ""), "4ca2d1": Identity("EI-DYM", "B738", "RYANAIR")}
    assert not losses.records


def test_a_semicolon_within_a_text_of_tar1090_db_is_escaped() -> None:
    rows, _ = read(r"4BAACC;TC-X;B738;10;Unknown\; aircraft;;Sun\; Co;")
    assert rows == {"4baacc": Identity("TC-X", "B738", "Sun; Co")}


def test_a_quote_within_a_name_of_tar1090_db_is_a_quote() -> None:
    rows, losses = read('4BAACC;TC-X;B738;00;A "B;;O"Neil;', "4BAACD;TC-Y;B738;00;;;;")
    assert rows["4baacc"].operator == 'O"Neil'
    assert len(rows) == 2
    assert not losses.records


def test_opensky_prefers_the_operator_to_the_owner() -> None:
    tail = ',"","","","","","","","","","false","false","false","",""'
    rows, losses = read(
        OPENSKY,
        '"3c6444","D-AIBD","AIRBUS","Airbus","A319 112","A319","3457","","L2J","Lufthansa","","DLH","","Lessor"' + tail,
        '"a00001","N1","","","","GLF4","","","","","","","","Federal Aviation ""Admin"", Inc"' + tail,
        '"aa3487","","","","","","","","","","","","",""' + tail,
    )
    assert rows == {
        "3c6444": Identity("D-AIBD", "A319", "Lufthansa"),
        "a00001": Identity("N1", "GLF4", 'Federal Aviation "Admin", Inc'),
    }
    assert losses.records == {"nothing_known": 1}
    assert losses.examples == {}


def test_openskys_complete_table_has_single_quotes_and_texts_over_several_lines() -> None:
    rows, losses = read(
        OPENSKY_COMPLETE,
        "'06a142','2017-09-15 00:10:03',0,0,,'',Qatar,'',,,L4J,'',AIRBUS,Airbus,A380 861,0,'','',Qatar Airways,'','',"
        "QTR,'','',,,A7-APA,'','143','',A388,0",
        "'3c48e8','2017-09-15 00:10:03',0,0,,'',Germany,'',,,L2J,'',AIRBUS,Airbus,'A320",
        " of ''Eurowings''',0,'','','','','','','Owner, Inc','',,,D-ABCD,'','165','',A320,0",
        "'000000','2017-10-19 18:30:18',0,0,,'',,'',,,'','','','',unknow,0,'','','','','','','','',,,'','','','','',0",
    )
    assert rows == {
        "06a142": Identity("A7-APA", "A388", "Qatar Airways"),
        "3c48e8": Identity("D-ABCD", "A320", "Owner, Inc"),
    }
    assert losses.records == {"no_address": 1}


def test_any_csv_with_an_address_column_is_a_table() -> None:
    rows, _ = read(
        "# made by hand", "", "ICAO,Registration,ModelICAO,Manufacturer,Operator", "4D2540,9H-NEAH,FA7X,Falcon,JetHouse"
    )
    assert rows == {"4d2540": Identity("9H-NEAH", "FA7X", "JetHouse")}
    rows, _ = read("Reg\tHex", "G-ABCD\t400001")
    assert rows == {"400001": Identity("G-ABCD", "", "")}
    rows, _ = read("Mode S Hex;Type", "400001;c172", "400002")
    assert rows == {"400001": Identity("", "C172", "")}
    rows, _ = read("sep=;", "icao24;registration", "400001;G-ABCD")
    assert rows == {"400001": Identity("G-ABCD", "", "")}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("name,country", "no table of aircraft: 'name,country'"),
        ("icao24,serialnumber", "no column registration, typecode or operator: 'icao24,serialnumber'"),
        ("[1, 2]", "no table of aircraft"),
        ("ZZZZZZ;D-ABCD;A320", "no table of aircraft"),
    ],
)
def test_another_file_is_rejected_with_its_first_line(line: str, words: str) -> None:
    with pytest.raises(SourceError, match="table") as caught:
        read(line, "1,2")
    assert words in str(caught.value)
    assert caught.value.reason == "wrong_shape"


def test_a_stray_quote_loses_its_row_and_not_the_rest() -> None:
    others = [f"4000{number:02x},G-{number:04d},C172,Club" for number in range(60)]
    rows, losses = read("icao24,registration,typecode,operator", '3c0001,"D-ABCD,A320,LH', *others)
    assert len(rows) == 60
    assert losses.records == {"unclosed_quote": 1}
    assert "3c0001" in losses.examples["unclosed_quote"]


def test_a_bad_field_loses_the_field_and_is_counted() -> None:
    rows, losses = read(
        "icao24,registration,typecode,operator",
        "400001,G-ABCD,Boeing 737-800,Club",
        "400002,REGISTRATION-UNKNOWN,C172,Club",
        "400003,G-ABCD,C172,Caf\N{REPLACEMENT CHARACTER} Air",
        "400004,G-\N{LATIN SMALL LETTER E WITH ACUTE}X,c172,Caf\N{LATIN SMALL LETTER E WITH ACUTE} \x1b[31mAir",
    )
    assert rows == {
        "400001": Identity("G-ABCD", "", "Club"),
        "400002": Identity("", "C172", "Club"),
        "400003": Identity("G-ABCD", "C172", ""),
        "400004": Identity("", "C172", "Café [31mAir"),
    }
    assert losses.fields == {"aircraft_type": 1, "registration": 2, "operator": 1}
    assert "of 400001" in losses.examples["aircraft_type"]


@pytest.mark.parametrize("address", ["", "12345", "~3c6444", "3c64444", "000000", "ffffff", "D-ABCD"])
def test_a_row_without_an_address_is_lost(address: str) -> None:
    rows, losses = read("icao24,registration", "400001,G-A", f"{address},D-ABCD", "400002,G-B")
    assert list(rows) == ["400001", "400002"]
    assert losses.records == {"no_address": 1}


@pytest.mark.parametrize("absent", ["", "-", "N/A", "null", "Unknown", "unknow", "-UNKNOWN-"])
def test_what_a_table_writes_for_unknown_stays_unknown(absent: str) -> None:
    rows, losses = read("icao24,registration,typecode,operator,owner", f"400001,G-ABCD,{absent},{absent},Club")
    assert rows == {"400001": Identity("G-ABCD", "", "Club")}
    assert not losses.fields


def test_a_type_without_a_designator_stays_unknown() -> None:
    assert read("icao24,registration,typecode", "400001,G-ABCD,ZZZZ")[0]["400001"].aircraft_type == ""


def test_mictronics_has_lists_or_objects() -> None:
    rows, losses = read_json(
        '{"004002":["Z-WPA","B732","00"],"4CA2D1":["EI-DYM","B738","00","BOEING 737-800"], '
        '"4ca2d2" : {"r":"EI-DYN","t":"B738","f":"10","d":"x","ownOp":"Ryan\\"air"},"3c0001":["D-ABCD",null]}'
    )
    assert rows == {
        "004002": Identity("Z-WPA", "B732", ""),
        "4ca2d1": Identity("EI-DYM", "B738", ""),
        "4ca2d2": Identity("EI-DYN", "B738", 'Ryan"air'),
        "3c0001": Identity("D-ABCD", "", ""),
    }
    assert not losses.records


def test_a_shard_has_the_end_of_each_address_and_the_names_of_further_shards() -> None:
    rows, losses = read_json('{"00001":["N1","GLF4"],"children":["A0","A1"],"00002":["N2","C172"]}', prefix="A")
    assert rows == {"a00001": Identity("N1", "GLF4", ""), "a00002": Identity("N2", "C172", "")}
    assert not losses.records
    assert not read_json('{"00001":["N1","GLF4"],"children":["A0","A1"]}', prefix="A")[1].records


def test_a_damaged_entry_loses_only_itself() -> None:
    rows, losses = read_json(
        '{"400001":["G-A","C172"],"400002":["G-B","C1 \x00\x01 72,"400003":["G-C","C172"],"4004":["G-D"],'
        '"400005":["G-E",[1]],"400006":["G-F","C172"],"400007":{"r":tru},"400008":["G-H"'
    )
    assert set(rows) == {"400001", "400003", "400006"}
    assert losses.records["no_address"] == 1
    assert losses.records["malformed"] >= 3
