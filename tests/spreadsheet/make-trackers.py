#!/usr/bin/env python3
"""Makes the workbooks of tests/spreadsheet and scenarios/tracker with openpyxl. They are kept in the repository, so that tests need no Python;
run this only to change them. Every organisation, scheme and amount is invented unless a comment names its source."""
import datetime
import pathlib
import random

import openpyxl
from openpyxl.styles import Font

here = pathlib.Path(__file__).resolve().parent
FIXED = datetime.datetime(2025, 4, 1)


def save(book, path):
    book.properties.creator = "shortfall tests"
    book.properties.created = book.properties.modified = FIXED
    book.save(path)


def scenario_tracker():
    """An invented trust's workbook: 60 schemes, a heading of two merged lines, subtotals, hidden rows, £k, RAG, months, notes of several lines."""
    rng = random.Random(17)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Schemes"
    sheet["A1"] = "Riverside and Hillside: cost improvement programme 2025/26 to 2026/27"
    sheet["A1"].font = Font(bold=True)
    sheet["A2"] = "All figures £k; month 2 position"
    top = ["Scheme", "", "", "", "", "", "Delivery", "", "Saving £k", "", "Cost £k", "Forecast", "", "", ""]
    low = ["Ref", "Trust", "Category", "Scheme name", "SRO", "R/NR", "RAG", "Start date", "2025/26", "2026/27", "2025/26", "2025/26 FOT £k", "Apr actual", "May actual", "Notes"]
    for c, (a, b) in enumerate(zip(top, low), start=1):
        sheet.cell(4, c).value = a or None
        sheet.cell(5, c).value = b
    for merged in ("A4:F4", "G4:H4", "I4:J4"):
        sheet.merge_cells(merged)
    kinds = [
        ("Procurement", ["Theatre consumables standardised", "Orthopaedic implants price review", "Wound care products", "Orthotics contract", "Cardiac devices tender", "Translation services contract"]),
        ("Medicines", ["Biosimilar switch", "Outpatient dispensing", "Homecare drugs", "Inhaler prescribing review"]),
        ("Workforce", ["Agency nursing cap", "Medical rota redesign", "Vacancy factor", "E-rostering of wards", "Skill mix in pharmacy", "Bank rates harmonised"]),
        ("Estates", ["Energy contract", "Lease exit at North House", "Cleaning specification", "Car park maintenance"]),
        ("Clinical pathways", ["Theatre utilisation", "Length of stay in medicine", "Virtual outpatient follow-up", "Day case rates", "Endoscopy lists"]),
        ("Demand", ["Frailty admission avoidance", "High intensity users", "Referral guidance"]),
        ("Corporate", ["Payroll shared service", "Digital letters"]),
    ]
    owners = ["A. Okafor", "J. Price", "M. Lindqvist", "S. Rahman", "T. Evans"]
    row = 6
    grand = [0, 0, 0, 0]
    number = 0
    for trust in ("Riverside Hospital", "Hillside Community"):
        block = [0, 0, 0, 0]
        for category, titles in kinds:
            for title in titles:
                number += 1
                first = rng.choice([40, 65, 90, 120, 180, 240, 310, 420, 560])
                second = int(first * rng.choice([1, 1, 1.5, 2]))
                once = rng.random() < 0.12
                if once:
                    second = 0
                cost = rng.choice([0, 0, 0, 15, 40])
                rag = rng.choices(["Green", "Amber", "Red", "Blue", "A/G", "A/R"], [5, 6, 4, 1, 2, 2])[0]
                expected = int(first * {"Green": 0.97, "Amber": 0.75, "Red": 0.4, "Blue": 1, "A/G": 0.85, "A/R": 0.55}[rag])
                note = rng.choice(["", "", "Business case at June board.\nQIA signed off.", "Depends on recruitment", "Slipped from Q1;\nnew lead from July"])
                cells = [f"CIP{number:03}", trust, category, title, rng.choice(owners), "NR" if once else "R", rag, datetime.date(2025, rng.randint(4, 10), 1), first, second, cost or None, expected, first // 14, first // 13, note or None]
                for c, value in enumerate(cells, start=1):
                    sheet.cell(row, c).value = value
                sheet.cell(row, 8).number_format = "mmm-yy"
                for k, c in enumerate((9, 10, 11, 12)):
                    block[k] += cells[c - 1] or 0
                row += 1
        # One scheme of each trust is only an aim; one was withdrawn and its row hidden.
        number += 1
        for c, value in enumerate([f"CIP{number:03}", trust, "Unidentified", "Savings to be identified", "A. Okafor", "R", "Red", datetime.date(2025, 9, 1), 300, 900, None, 60, None, None, None], start=1):
            sheet.cell(row, c).value = value
        sheet.cell(row, 8).number_format = "mmm-yy"
        for k, value in enumerate((300, 900, 0, 60)):
            block[k] += value
        row += 1
        number += 1
        for c, value in enumerate([f"CIP{number:03}", trust, "Estates", "Sale of surplus furniture", "J. Price", "NR", "Red", None, 10, 0, None, 0, None, None, "Withdrawn in March"], start=1):
            sheet.cell(row, c).value = value
        sheet.row_dimensions[row].hidden = True
        row += 1
        sheet.cell(row, 4).value = f"Sub-total {trust}"
        for k, c in enumerate((9, 10, 11, 12)):
            sheet.cell(row, c).value = block[k]
            grand[k] += block[k]
        row += 2
    sheet.cell(row, 4).value = "Grand total"
    for k, c in enumerate((9, 10, 11, 12)):
        sheet.cell(row, c).value = grand[k]
    sheet.cell(row + 2, 1).value = "Forecast as reported to the programme board; the plan is as approved in March."
    sheet.freeze_panes = "E6"
    finances = book.create_sheet("Finances")
    for r, cells in enumerate([["£k", "2025/26", "2026/27"], ["Riverside Hospital"], ["Income", 212000, 216500], ["Spend before savings", 217900, 224600], ["Control total", -1000, 0], ["Reserves", 4000],
                               [], ["Hillside Community"], ["Income", 98000, 99900], ["Spend before savings", 103300, 111100], ["Control total", 0, 0], ["Reserves", 2500]], start=1):
        for c, value in enumerate(cells, start=1):
            finances.cell(r, c).value = value
    save(book, here.parent.parent / "scenarios" / "tracker" / "riverside-tracker.xlsx")
    return grand


def simple(rows, title="Schemes"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def trackers():
    heading = ["Ref", "Scheme", "Category", "RAG", "Saving 2025/26 £k"]
    schemes = [["C1", "Energy contract", "Estates", "Green", 120], ["C2", "Agency cap", "Pay", "Amber", 340], ["C3", "Theatre lists", "Pathways", "Red", 560]]

    book = simple([heading] + schemes + [["C4", "Old scheme", "Estates", "Green", 75], [None, "Total", None, None, 1020]])
    book.active.row_dimensions[5].hidden = True
    save(book, here / "hidden-rows.xlsx")

    book = simple([heading] + schemes + [[None, "Total", None, None, "=SUM(E2:E4)"]])
    book.active["E3"] = "=170*2"
    save(book, here / "formulas-without-values.xlsx")

    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in [["Scheme", "Start date", "FYE £k", "PYE £k 2025/26", "RAG"], ["Energy contract", datetime.date(2025, 10, 1), 120, 60, "Green"], ["Agency cap", datetime.date(2025, 7, 1), 400, 300, "Amber"],
                ["Theatre lists", datetime.date(2026, 1, 1), 600, 400, "Red"]]:
        book.active.append(row)
    save(book, here / "calendar-1904.xlsx")

    book = simple([["Savings tracker 2025/26", None, None, None, None, None], ["Scheme", None, "Plan £k", None, "Status", None], ["Name", "Owner", "2025/26", "2026/27", "RAG", "Gateway"],
                   ["Energy contract", "JP", 120, 130, "Green", "G3"], ["Agency cap", "AO", 340, 500, "Amber", "G2"], ["Theatre lists", "AO", 560, 900, "Amber/Red", "G1"]])
    for merged in ("A1:F1", "A2:B2", "C2:D2", "E2:F2"):
        book.active.merge_cells(merged)
    save(book, here / "merged-headings.xlsx")

    book = simple([["Directorate", "Trust", "Scheme", "RAG", "2025/26 £k"], ["Estates", "North Trust", "Energy contract", "Green", 120], [None, None, "Lease exit", "Amber", 80], ["Nursing", "South Trust", "Agency cap", "Amber", 340],
                   [None, None, "Rota redesign", "Red", 90]])
    for merged in ("A2:A3", "B2:B3", "A4:A5", "B4:B5"):
        book.active.merge_cells(merged)
    save(book, here / "merged-down.xlsx")

    book = openpyxl.Workbook()
    book.active.title = "North Council"
    other = book.create_sheet("South Council")
    for sheet, factor in ((book.active, 1), (other, 2)):
        sheet.append(["Ref", "Proposal", "Service", "2025/26 £'000", "2026/27 £'000", "Risk"])
        sheet.append(["A1", "Fees for garden waste", "Waste", 200 * factor, 220 * factor, "Low"])
        sheet.append(["A2", "Restructure of management", "Corporate", 150 * factor, 300 * factor, "High"])
    save(book, here / "sheet-each.xlsx")

    book = simple([["Project", "Energy contract", "Agency cap", "Theatre lists"], ["Owner", "JP", "AO", "AO"], ["RAG", "Green", "Amber", "Red"], ["2025/26 £k", 120, 340, 560], ["2026/27 £k", 130, 500, 900]])
    save(book, here / "projects-as-columns.xlsx")

    book = simple([heading] + schemes + [["C4", "Broken link", "Estates", "Green", "#REF!"]])
    book.active["E5"].data_type = "e"
    save(book, here / "error-value.xlsx")

    book = simple([["Ref", "Scheme", "RAG", "Apr-25", "May-25", "Jun-25", "Jul-25", "Aug-25", "Sep-25", "Oct-25", "Nov-25", "Dec-25", "Jan-26", "Feb-26", "Mar-26", "Notes"], [None, None, None] + ["£k"] * 12,
                   ["C1", "Energy contract", "Green"] + [10] * 12 + ["First line\nsecond line"], ["C2", "Agency cap", "Amber"] + [0] * 6 + [50] * 6, ["C3", "Theatre lists", "Red"] + [None] * 9 + [100, 120, 140]])
    save(book, here / "months.xlsx")

    book = simple([["Scheme", "RAG", "Saving £k", "Start"], ["Energy contract", "Green", 120, "01/04/2025"], ["Agency cap", "Amber", 340, "not yet known"], ["Theatre lists", "Red", 560, datetime.date(2025, 9, 1)]], "2025-26")
    save(book, here / "text-in-date-cells.xlsx")


if __name__ == "__main__":
    print("the tracker's totals:", scenario_tracker())
    trackers()
