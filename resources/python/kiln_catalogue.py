"""Answers questions about the keyboards of one QMK firmware tree.

A long-lived process: it imports the tree's own Python once, so that no answer pays for a new interpreter.
It is started in the top folder of the tree, reads one JSON request a line from standard input and writes one JSON
answer a line:

    {"id": 1, "method": "read", "keyboard": "planck/rev6"}  ->  {"id": 1, "ok": {...}}
                                                            ->  {"id": 1, "error": {"type": "...", "message": "..."}}

With `"refresh": true` it first forgets what the tree's code keeps of files; without it, files may be as they were at the
last refresh.

With `--background` it runs at a lower priority. It writes nothing into the tree: compiled Python of the tree is kept in
the folder that `--compiled` names. What the tree's code prints goes to
standard error. When the tree's own Python has changed, the process ends with status 75 before answering: the caller
starts it again and asks again.
"""
import copy
import importlib
import json
import marshal
import os
import re
import sys
from pathlib import Path

RESTART = 75

# What the tree's own Python imports: these have their compiled files beside them.
PACKAGES = ('milc', 'hjson', 'jsonschema', 'dotty_dict', 'pygments', 'argcomplete')


def claim_stdout():
    """Keeps the real standard output for answers; prints of the tree's code go to standard error."""
    answers = os.fdopen(os.dup(1), 'w', encoding='utf-8', newline='\n')
    os.dup2(2, 1)
    return answers


def stamp(folder, pattern):
    """What tells that files of a folder have changed: their names, times of change and sizes."""
    found = []
    for file in Path(folder).glob(pattern):
        stat = file.stat()
        found.append((str(file), stat.st_mtime_ns, stat.st_size))
    return sorted(found)


def to_json(value):
    """Compact JSON that every reader takes: no `NaN` in it."""
    return json.dumps(value, separators=(',', ':'), allow_nan=False)


def keep_compiled(folder):
    """Python compiled from now on is kept there; what is not the tree's is imported before, with its own."""
    for name in PACKAGES:
        try:
            importlib.import_module(name)
        except ImportError:
            # The tree does without, or says itself what it lacks.
            pass
    sys.pycache_prefix = folder


class PythonChanged(Exception):
    """The tree's own Python is not what was imported any more."""


class Tree:
    """The imported tree. Its modules cache what they read; `refresh` drops what may be stale."""

    def __init__(self):
        os.environ.setdefault('ORIG_CWD', os.getcwd())
        os.environ['QMK_HOME'] = os.getcwd()
        sys.path.append(str(Path('lib/python').resolve()))
        self.python_stamp = stamp('lib/python/qmk', '**/*.py')
        self.schema_stamp = stamp('data/schemas', '*')

        import qmk.info
        import qmk.json_schema
        import qmk.keyboard
        import qmk.keycodes
        import qmk.keymap
        import qmk.path
        import qmk.util
        self.qmk = qmk
        self.checks = []
        self.real_validate = getattr(qmk.info, 'validate', None)
        self.speed_up()
        # Broken metadata has to end one answer, not the process.
        if hasattr(qmk.util, 'maybe_exit_config'):
            qmk.util.maybe_exit_config(should_exit=False, should_reraise=True)

    def speed_up(self):
        """Takes out what costs nine tenths of the time and changes no answer; a test compares all of them.

        Left as they are where a tree of another generation does not have them.
        """
        qmk = self.qmk

        # Nearly all of QMK's files are strict JSON, which the standard library reads ten times as fast.
        hjson = sys.modules.get('hjson')
        if hjson:
            def load(file, **options):
                text = file.read()
                try:
                    try:
                        return json.loads(text, object_pairs_hook=options.get('object_pairs_hook'))
                    except json.JSONDecodeError:
                        return hjson.loads(text, **options)
                except Exception as error:
                    # The message alone does not say which of a keyboard's files is meant.
                    error.file = getattr(file, 'name', None)
                    raise

            hjson.load = load

        # The same plain data is copied for every keyboard.
        def fast_copy(value):
            try:
                return marshal.loads(marshal.dumps(value))
            except ValueError:
                return copy.deepcopy(value)

        if hasattr(qmk.json_schema, 'deepcopy'):
            qmk.json_schema.deepcopy = fast_copy

        # Its cache is keyed by the text of the whole dictionary, made anew for each look-up.
        dotty_dict = sys.modules.get('dotty_dict')
        if dotty_dict:
            getter = dotty_dict.Dotty.__getitem__
            dotty_dict.Dotty.__getitem__ = getattr(getter, '__wrapped__', getter)

        # Asked twice for each keyboard, the second time for its list of keymaps.
        read, last = qmk.info.info_json, {}

        def info_json(keyboard, *args, **kwargs):
            key = (str(keyboard), args, tuple(sorted(kwargs.items())))
            if key not in last:
                last.clear()
                last[key] = read(keyboard, *args, **kwargs)
            return last[key]

        self.forget = last.clear
        qmk.info.info_json = info_json
        if hasattr(qmk.keymap, 'info_json'):
            qmk.keymap.info_json = info_json

    def check_later(self, data, schema):
        """Stands for schema validation, three quarters of the time: whoever asked checks `checks` instead."""
        # As text, for the tree's code goes on to change the data.
        self.checks.append(f'[{json.dumps(schema)},{to_json(data)}]')

    def refresh(self):
        """Forgets file contents that an earlier request left in the tree's own caches."""
        if stamp('lib/python/qmk', '**/*.py') != self.python_stamp:
            raise PythonChanged()
        schemas = stamp('data/schemas', '*')
        keep = () if schemas != self.schema_stamp else ('create_validator', 'compile_schema_store', 'load_jsonschema')
        self.schema_stamp = schemas
        for name, module in list(sys.modules.items()):
            if name == 'qmk' or name.startswith('qmk.'):
                for function in vars(module).values():
                    clear = getattr(function, 'cache_clear', None)
                    if clear and getattr(function, '__name__', '') not in keep:
                        clear()

    def read(self, request):
        """All that `qmk generate-api` publishes of one keyboard, as JSON.

        `checks` holds what is to be validated: names of schemas with data. When one of them does not hold, the answer
        is void: ask again with `strict`, and the tree's own validation decides.
        """
        qmk, keyboard = self.qmk, request['keyboard']
        self.forget()
        self.checks = []
        if self.real_validate:
            qmk.info.validate = self.real_validate if request.get('strict') else self.check_later
        info = qmk.info.info_json(keyboard)
        keymaps = self.keymaps(keyboard, info)
        readme = qmk.keyboard.find_readme(keyboard)
        members = {
            'info': to_json(to_json(info)),
            'readme': json.dumps(None if readme is None else readme.read_text(encoding='utf-8', errors='replace')),
            'keymaps': to_json(keymaps),
            'checks': f'[{",".join(self.checks)}]',
        }
        return '{' + ','.join(f'"{name}":{text}' for name, text in members.items()) + '}'

    def keymaps(self, keyboard, info):
        """JSON texts of the keymaps that are nothing but JSON, by path; adds them to the keyboard's info."""
        qmk, texts = self.qmk, {}
        for keymap in qmk.keymap.list_keymaps(keyboard, c=False, fullpath=True):
            relative = qmk.path.under_qmk_firmware(keymap)
            if relative is None or (relative / 'keymap.c').exists():
                continue
            path = (relative / 'keymap.json').as_posix()
            try:
                text = to_json(qmk.json_schema.json_load(Path(path)))
            except Exception as error:
                # `qmk generate-api` would end here; the keyboard is none the worse for it.
                info['parse_warnings'].append(f'The keymap {keymap.name} is left out: {message_of(error)}')
                continue
            info['keymaps'][keymap.name] = {
                'url': f'https://raw.githubusercontent.com/qmk/qmk_firmware/master/{relative}/keymap.json',
                'path': path,
            }
            texts[path] = text
        return texts

    def facts(self, request):
        """Lists that close what a keymap may name, see `TreeFacts`, as JSON."""
        extras = Path('quantum/keymap_extras')
        languages = {f.stem.removeprefix('keymap_') for f in extras.glob('keymap_*.h')}
        sendstring = {f.stem.removeprefix('sendstring_') for f in extras.glob('sendstring_*.h')}
        converters = {d.name.rsplit('_to_', 1)[1] for d in Path('platforms').glob('*/converters/*_to_*') if d.is_dir()}
        modules = {f.parent.relative_to('modules').as_posix() for f in Path('modules').glob('**/qmk_module.json')}
        return to_json({
            'hostLanguages': sorted(languages & sendstring),
            'converters': sorted(converters),
            'modules': sorted(modules),
            'features': sorted(self.features()),
            'keycodes': sorted(self.keycodes()),
        })

    def features(self):
        """Lower-case names of the `…_ENABLE` switches that the tree's makefiles read."""
        names = set()
        for file in [*Path('builddefs').glob('*.mk'), *Path('platforms').glob('**/*.mk'), *Path('quantum').glob('**/*.mk')]:
            names.update(re.findall(r'\b([A-Z][A-Z0-9_]*)_ENABLE\b', file.read_text(encoding='utf-8', errors='replace')))
        mapped = json.dumps(self.qmk.json_schema.json_load(Path('data/mappings/info_rules.hjson')))
        names.update(re.findall(r'\b([A-Z][A-Z0-9_]*)_ENABLE\b', mapped))
        return {name.lower() for name in names}

    def keycodes(self):
        """Every name and alias of the newest keycode tables, those of all languages included."""
        names = set()
        # Not `list_languages()`: it cuts `canadian_french` to `canadian`, of which there is no table.
        extras = Path('data/constants/keycodes/extras').glob('keycodes_*_[0-9].[0-9].[0-9].hjson')
        languages = {file.stem.removeprefix('keycodes_').rpartition('_')[0] for file in extras}
        for language in [None, *sorted(languages)]:
            spec = self.qmk.keycodes.load_spec('latest', language)
            for entry in spec['keycodes'].values():
                names.update([entry['key'], *entry.get('aliases', [])])
            for entry in spec.get('aliases', {}).values():
                names.update([entry['key'], *entry.get('aliases', [])])
        return names


METHODS = {'read', 'facts'}


def message_of(error):
    """What went wrong, and in which file where that is known."""
    text = getattr(error, 'message', None) or str(error) or type(error).__name__
    path = '.'.join(str(part) for part in getattr(error, 'absolute_path', ()))
    return ': '.join(str(part) for part in (getattr(error, 'file', None), path, text) if part)


def answer(tree, line):
    """The line that answers a request. Lets through what ends the process."""
    request = json.loads(line)
    start = f'{{"id":{json.dumps(request["id"])},'
    try:
        if request['method'] not in METHODS:
            raise ValueError(f'No such method: {request["method"]}')
        if request.get('refresh'):
            tree.refresh()
        return f'{start}"ok":{getattr(tree, request["method"])(request)}}}'
    except PythonChanged:
        raise
    except SystemExit as error:
        # Trees before `maybe_exit` end the process over one keyboard's data.
        found = {'type': 'SystemExit', 'message': f'its code ended with status {error.code}'}
    except Exception as error:
        found = {'type': type(error).__name__, 'message': message_of(error)}
    return f'{start}"error":{json.dumps(found)}}}'


def main():
    answers = claim_stdout()
    if '--background' in sys.argv and hasattr(os, 'nice'):
        os.nice(10)
    if '--compiled' in sys.argv:
        keep_compiled(sys.argv[sys.argv.index('--compiled') + 1])
    try:
        tree = Tree()
    except Exception as error:
        print(json.dumps({'fatal': {'type': type(error).__name__, 'message': str(error)}}), file=answers, flush=True)
        return 1
    print(json.dumps({'ready': True}), file=answers, flush=True)
    try:
        for line in sys.stdin:
            print(answer(tree, line), file=answers, flush=True)
    except PythonChanged:
        return RESTART
    return 0


if __name__ == '__main__':
    sys.exit(main())
