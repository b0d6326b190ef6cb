# SPDX-License-Identifier: MIT
"""Figures side by side."""

import statistics


def part_of(values, part):
    return sorted(values)[round(part * (len(values) - 1))]


def show(title, unit, rows, floor=None):
    """`rows`: names with what was measured; `floor`: the name of that which the others are divided
    by. Where others want the machine too, the tenth part is nearer to what a program itself takes."""
    print(f"\n{title}\n{'':38}{f'median {unit}':>16}{'p10':>10}{'p90':>10}{'runs':>6}"
          + (f"{'/ ' + floor:>22}{'p10':>8}" if floor else ""), flush=True)
    for name, values in rows.items():
        median, tenth = statistics.median(values), part_of(values, 0.1)
        row = f"  {name:36}{median:16.3f}{tenth:10.3f}{part_of(values, 0.9):10.3f}{len(values):6}"
        if floor:
            row += f"{ratio(median, statistics.median(rows[floor])):>22}"
            row += f"{ratio(tenth, part_of(rows[floor], 0.1)):>8}"
        print(row, flush=True)


def ratio(value, floor):
    return f"{value / floor:.3f}" if floor else "-"
