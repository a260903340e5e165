"""Sentences, tables and figures of the chapters that are not rebuilt yet."""
