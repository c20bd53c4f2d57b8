#!/usr/bin/env python3
"""Run a candidate command over a set of expectations.

    run_check.py --set data --cmd 'node cli.js resolve --json' \\
                 [--slapos DIR] [--flavours upstream,slapos]
                 [--only REGEX] [--jobs 2] [--explain N] [--report FILE.json]

The candidate is run as  CMD PROFILE [section:option=value ...]  and must print
one JSON document on stdout (see REPORT.md).  Placeholders {profile} {root}
{flavour} {facts} {args} in CMD are replaced; without {profile} the profile and
the assignments are appended.  The environment has ORACLE_FLAVOUR, ORACLE_ROOT
and ORACLE_FACTS (path of facts.json: python version, platform and so on that
the expectations were made with), HOME and BUILDOUT_HOME point to an empty
directory (or to the case's default.cfg).

Small cases are compared option by option.  slapos profiles are compared by
digest; with --explain N the first N that differ are resolved again with
oracle.py and their differences printed.
Score lines: `cases` without quirks is what a candidate should get to 100 %.
"""
import argparse
import glob
import gzip
import hashlib
import json
import os
import re
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import compare  # noqa: E402


def digest(x):
    return hashlib.sha256(json.dumps(
        x, sort_keys=True, ensure_ascii=False, separators=(',', ':')).encode(
            'utf-8', 'surrogatepass')).hexdigest()


def run_candidate(a, profile, root, flavour, args=(), user_defaults=None, timeout=None):
    facts = os.path.join(HERE, a.set, 'facts.json')
    values = {'profile': profile, 'root': root, 'flavour': flavour, 'facts': facts}
    cmd, placed = [], False
    for word in shlex.split(a.cmd):
        if word == '{args}':
            cmd.extend(args)
            continue
        placed = placed or '{profile}' in word
        for k, v in values.items():
            word = word.replace('{%s}' % k, v)
        cmd.append(word)
    if not placed:
        cmd += [profile] + list(args)
    home = tempfile.mkdtemp(prefix='home-')
    env = dict(os.environ, ORACLE_FLAVOUR=flavour, ORACLE_ROOT=root,
               ORACLE_FACTS=facts, HOME=home,
               BUILDOUT_HOME=os.path.dirname(user_defaults) if user_defaults else home)
    t = time.monotonic()
    try:
        p = subprocess.run(cmd, cwd=os.path.dirname(profile), env=env,
                           capture_output=True, timeout=timeout or a.timeout)
    except subprocess.TimeoutExpired:
        return None, 'timeout', time.monotonic() - t
    finally:
        shutil.rmtree(home, ignore_errors=True)
    t = time.monotonic() - t
    try:
        out = json.loads(p.stdout.decode('utf-8', 'surrogatepass'))
    except ValueError as e:
        return None, 'no JSON (%s), exit %d: %s' % (
            e, p.returncode, p.stderr.decode('utf-8', 'replace')[-300:]), t
    return compare.normalise(out, root), None, t


def do_case(a, d, flavour):
    case = json.load(open(os.path.join(d, 'case.json')))
    with open(os.path.join(d, 'expected.%s.json' % flavour),
              encoding='utf-8', errors='surrogatepass') as f:
        expected = json.load(f)
    tmp = os.path.realpath(tempfile.mkdtemp(prefix='chk-'))
    try:
        root = os.path.join(tmp, 'r')
        shutil.copytree(os.path.join(d, 'files'), root)
        ud = case.get('user_defaults')
        actual, problem, t = run_candidate(
            a, os.path.join(root, case['top']), root, flavour,
            case.get('args', ()), ud and os.path.join(root, ud))
    finally:
        shutil.rmtree(tmp)
    if problem:
        return case, flavour, None, problem, t
    return case, flavour, compare.Comparison(expected, actual, a.errors, a.components), None, t


def do_profile(a, rel, entry, flavour):
    root = os.path.abspath(a.slapos)
    actual, problem, t = run_candidate(a, os.path.join(root, rel), root, flavour)
    if problem:
        return rel, flavour, {}, problem, t, None
    red = compare.reduce(actual)
    got = {}
    want = {k: h for k, h in entry['digests'][flavour].items()
            if not a.components or k == 'error' or k in a.components}
    for name, h in want.items():
        if name not in red:
            got[name] = None
        else:
            got[name] = digest(red[name]) == h
    return rel, flavour, got, None, t, actual


def explain(a, rel, flavour, actual):
    full = os.path.join(HERE, a.set, 'slapos-full', rel.replace('/', '__') + '.json.gz')
    if os.path.exists(full):
        expected = json.loads(gzip.open(full).read())[flavour]
    else:
        expected = json.loads(subprocess.run(
            [sys.executable, os.path.join(HERE, 'oracle.py'),
             os.path.join(a.slapos, rel), '--root', a.slapos, '--flavour', flavour,
             '--no-strict'], capture_output=True, check=True).stdout)
    return compare.Comparison(expected, actual, a.errors, a.components)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0],
                                formatter_class=argparse.RawDescriptionHelpFormatter,
                                epilog=__doc__)
    p.add_argument('--set', default='public')
    p.add_argument('--cmd', required=True)
    p.add_argument('--slapos', help='checkout of slapos f878e13d27; without it only the cases')
    p.add_argument('--slapos-only', default='', help='regex on profile paths')
    p.add_argument('--no-cases', action='store_true')
    p.add_argument('--flavours', default='upstream,slapos')
    p.add_argument('--only', default='', help='regex on case ids')
    p.add_argument('--errors', choices=('kind', 'exact'), default='kind')
    p.add_argument('--components', help='only these, e.g. sections,resolved',
                   type=lambda s: tuple(s.split(',')))
    p.add_argument('--jobs', type=int, default=2)
    p.add_argument('--timeout', type=float, default=120)
    p.add_argument('--explain', type=int, default=0)
    p.add_argument('--show', type=int, default=3, help='differences shown for each case')
    p.add_argument('--report')
    a = p.parse_args()
    flavours = a.flavours.split(',')
    report = {'cases': [], 'profiles': []}
    failed = False

    if not a.no_cases:
        todo = []
        for d in sorted(glob.glob(os.path.join(HERE, a.set, 'cases', '*'))):
            if re.search(a.only, os.path.basename(d)):
                for f in flavours:
                    if os.path.exists(os.path.join(d, 'expected.%s.json' % f)):
                        todo.append((d, f))
        with ThreadPoolExecutor(a.jobs) as pool:
            results = list(pool.map(lambda x: do_case(a, *x), todo))
        table, messages, items = {}, [0, 0], [0, 0]
        for case, flavour, c, problem, t in results:
            kind = 'quirk' if case.get('quirk') else case['category']
            if flavour != 'upstream':
                kind = flavour + ' ' + kind
            row = table.setdefault(kind, [0, 0])
            row[1] += 1
            ok = c is not None and not c.differences and not c.absent
            row[0] += ok
            if c is not None:
                messages[0] += c.messages[0]
                messages[1] += c.messages[1]
                items[0] += len(c.differences)
                items[1] += sum(c.compared.values())
            if not ok:
                print('FAIL %s [%s] %s' % (case['id'], flavour, case['title']))
                if case.get('quirk'):
                    print('     quirk: %s' % case['quirk'])
                if problem:
                    print('     %s' % problem)
                else:
                    if c.absent:
                        print('     absent: %s' % ', '.join(c.absent))
                    for component, where, e, v in c.differences[:a.show]:
                        print('     %s %s\n       expected %s\n       actual   %s' % (
                            component, where, compare.show(e, 160), compare.show(v, 160)))
                    if len(c.differences) > a.show:
                        print('     ... %d more' % (len(c.differences) - a.show))
            report['cases'].append({
                'id': case['id'], 'flavour': flavour, 'kind': kind, 'ok': ok,
                'problem': problem, 'seconds': t,
                'differences': c and [[x[0], x[1]] for x in c.differences]})
        print()
        good = total = 0
        for kind in sorted(table):
            print('%-22s %3d / %3d' % (kind, *table[kind]))
            if 'quirk' not in kind:
                good += table[kind][0]
                total += table[kind][1]
        print('%-22s %3d / %3d' % ('cases without quirks', good, total))
        print('items that differ: %d of %d; error texts equal: %d of %d; median %.3f s a run' % (
            items[0], items[1], messages[0], sum(messages),
            statistics.median([r[4] for r in results]) if results else 0))
        failed = failed or good < total

    if a.slapos:
        a.slapos = os.path.abspath(a.slapos)
        data = json.load(open(os.path.join(HERE, a.set, 'slapos.json')))['profiles']
        todo = [(rel, data[rel], f) for rel in sorted(data) for f in flavours
                if f in data[rel]['digests'] and re.search(a.slapos_only, rel)]
        with ThreadPoolExecutor(a.jobs) as pool:
            results = list(pool.map(lambda x: do_profile(a, *x), todo))
        table, times, explained = {}, [], 0
        for rel, flavour, got, problem, t, actual in results:
            times.append(t)
            bad = [k for k, v in got.items() if v is not True]
            for k, v in got.items():
                row = table.setdefault((flavour, k), [0, 0, 0])
                row[1] += 1
                row[0] += v is True
                row[2] += v is None
            report['profiles'].append({'profile': rel, 'flavour': flavour, 'ok': got,
                                       'problem': problem, 'seconds': t})
            if problem:
                row = table.setdefault((flavour, 'no output'), [0, 0, 0])
                row[1] += 1
                print('FAIL %s [%s] %s' % (rel, flavour, problem))
            elif bad:
                failed = True
                print('FAIL %s [%s] %s' % (rel, flavour, ' '.join(bad)))
                if explained < a.explain:
                    explained += 1
                    c = explain(a, rel, flavour, actual)
                    for component, where, e, v in c.differences[:20]:
                        print('     %s %s\n       expected %s\n       actual   %s' % (
                            component, where, compare.show(e, 200), compare.show(v, 200)))
                    print('     %d differences of %d' % (
                        len(c.differences), sum(c.compared.values())))
        print()
        for (flavour, k), row in sorted(table.items()):
            print('slapos %-9s %-10s %4d / %4d profiles equal%s' % (
                flavour, k, row[0], row[1], ' (%d absent)' % row[2] if row[2] else ''))
        if times:
            print('slapos: median %.3f s, max %.3f s, total %.1f s' % (
                statistics.median(times), max(times), sum(times)))
    if a.report:
        with open(a.report, 'w') as f:
            json.dump(report, f, indent=1)
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
