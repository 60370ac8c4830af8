"""Examples that are no commands: they can be read, and parts of policies are as the schema says."""

import json

import jsonschema
import pytest
import yaml
from blocks import fences
from pages import DOCS, TOP, documents
from policy_part import SCHEMA

READERS = {'yaml': yaml.safe_load, 'json': json.loads,
           'python': lambda text: compile(text, 'example', 'exec')}
EXAMPLES = [(page, line, language, text) for page in documents()
            for language, line, text, _ in fences(page.read_text()) if language in READERS]


def place(example):
    return f'{example[0].relative_to(TOP)}:{example[1]}'


@pytest.mark.parametrize('example', EXAMPLES, ids=place)
def test_an_example_can_be_read(example):
    _, _, language, text = example
    READERS[language](text)


def policy_examples():
    return [example for example in EXAMPLES if example[0] == DOCS / 'policy.md']


@pytest.mark.parametrize('example', policy_examples(), ids=place)
def test_a_part_of_a_policy_is_as_the_schema_says(example):
    schema = json.loads(SCHEMA.read_text())
    for key, value in yaml.safe_load(example[3]).items():
        where = next((name for name in ('spec', 'definition')
                      if key in schema['$defs'][name]['properties']), None)
        assert where is not None, f'policies have no {key}'
        part = {'$defs': schema['$defs'], '$ref': f'#/$defs/{where}/properties/{key}'}
        problems = [f'{error.json_path}: {error.message}' for error in
                    jsonschema.Draft202012Validator(part).iter_errors(value)]
        assert not problems, problems


class Yaml12(yaml.SafeLoader):
    """Dates stay text, as in YAML 1.2 and in policies."""


Yaml12.yaml_implicit_resolvers = {
    first: [one for one in resolvers if one[0] != 'tag:yaml.org,2002:timestamp']
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
WHOLE = [TOP / 'deploy/local/sample/policy.yaml', TOP / 'tests/bench/policy.yaml',
         *sorted((TOP / 'tests/golden').glob('*/policy.yaml'))]


def problems_of(policy):
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    return [f'{error.json_path}: {error.message}' for error in validator.iter_errors(policy)]


@pytest.mark.parametrize('path', WHOLE, ids=lambda path: str(path.relative_to(TOP)))
def test_a_policy_that_is_taken_is_as_the_schema_says(path):
    assert problems_of(yaml.load(path.read_text(), Yaml12)) == []


def test_the_schema_refuses_what_no_policy_may_say():
    policy = yaml.load(WHOLE[0].read_text(), Yaml12)
    assert problems_of(policy | {'kind': 'Agreement'})
    assert problems_of(policy | {'spec': policy['spec'] | {'rooting': []}})
    assert problems_of(policy | {'spec': policy['spec'] | {'routing': 'default'}})
