"""Reads a SAM template and prints, as JSON, what the SAM translator and its schema say of it, and what becomes of it.

The commands that deploy (`sam deploy`, `aws cloudformation package`) put the code into S3 first and write its address into
the template; here the address is made up.
"""

import copy
import json
import sys
import warnings

warnings.simplefilter("ignore")

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.validator.validator import SamTemplateValidator
from samtranslator.yaml_helper import yaml_parse


def main():
    template = yaml_parse(sys.stdin.read())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = sys.argv[1]
    errors = [error for error in SamTemplateValidator().get_errors(copy.deepcopy(template)) or []]
    translated = None
    try:
        translated = Translator({}, Parser()).translate(copy.deepcopy(template), {})
    except InvalidDocumentException as error:
        errors += [cause.message for cause in error.causes]
    print(json.dumps({"errors": errors, "translated": translated}))


main()
