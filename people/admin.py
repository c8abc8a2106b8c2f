"""Accounts are kept on our own pages (People and roles, My account); allauth's and Django's lists would go around
the actions that write down who did what."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group

from config.admin import site

for model in (Group, EmailAddress, Authenticator, UserSession):
    if site.is_registered(model):
        site.unregister(model)
